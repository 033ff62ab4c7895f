;; Logs while it is configured, which the interface forbids. Must be refused when it is set up.
(func (export "configure") (param i32 i32) (result i32)
  (call $log (i32.const 0x170) (i32.const 14))
  (i32.const 0x260))
