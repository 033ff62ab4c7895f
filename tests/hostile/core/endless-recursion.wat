;; Calls itself for ever. Must be a fault of the stack, and leave the host's own stack alone.
(func $deeper (param i32) (result i32)
  (i32.add (call $deeper (local.get 0)) (i32.const 1)))
(func (export "decide") (param i32) (result i32)
  (call $deeper (local.get 0)))
