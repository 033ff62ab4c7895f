;; Logs a megabyte for ever. Must be stopped by fuel, although the time is spent in the host.
(memory (export "memory") 32)
(func (export "decide") (param i32) (result i32)
  (loop $again
    (call $log (i32.const 0x10000) (i32.const 0x100000))
    (br $again))
  unreachable)
