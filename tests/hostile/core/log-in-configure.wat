;; Logs while it is configured. That is dropped, since it is part of no decision; the module decides as it should.
(func (export "configure") (param i32 i32) (result i32)
  (call $log (i32.const 0x170) (i32.const 14))
  (i32.const 0x260))
