;; Logs what is not UTF-8. Must be a fault of the output.
(data (i32.const 0x170) "\ff\fe")
(func (export "decide") (param i32) (result i32)
  (call $log (i32.const 0x170) (i32.const 14))
  (i32.const 0x280))
