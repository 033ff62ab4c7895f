;; Logs what is not UTF-8. Must be a fault of the output.
(data (i32.const 0x1000) "\ff\fe")
(func (export "decide") (param i32) (result i32)
  (call $log (i32.const 0x1000) (i32.const 2))
  (i32.const 0x280))
