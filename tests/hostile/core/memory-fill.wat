;; Spends its time in one instruction: fills a megabyte again and again. Must be stopped by fuel, which
;; counts the bytes.
(memory (export "memory") 32)
(func (export "decide") (param i32) (result i32)
  (loop $again
    (memory.fill (i32.const 0x10000) (i32.const 1) (i32.const 0x100000))
    (br $again))
  unreachable)
