;; Logs ten bytes for ever. Must be stopped by fuel, although the time is spent in the host.
(func (export "decide") (param i32) (result i32)
  (loop $again
    (call $log (i32.const 0x170) (i32.const 10))
    (br $again))
  unreachable)
