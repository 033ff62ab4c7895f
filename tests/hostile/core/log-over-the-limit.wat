;; Logs 6,000 bytes, then says `apply`. The log must be cut at 4 KiB and say so; the verdict holds.
(func (export "decide") (param i32) (result i32)
  (memory.fill (i32.const 0x10000) (i32.const 0x61) (i32.const 6000))
  (call $log (i32.const 0x10000) (i32.const 6000))
  (i32.const 0x280))
