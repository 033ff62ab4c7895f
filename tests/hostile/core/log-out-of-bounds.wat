;; Logs what lies outside of its memory. Must be a fault of the output.
(func (export "decide") (param i32) (result i32)
  (call $log (i32.const 0x7fffffff) (i32.const 14))
  (i32.const 0x280))
