;; Describes its settings in 320 KiB. Must be refused, naming the limit.
(memory (export "memory") 8)
(data (i32.const 0x248) (i32 0x10000 0x50000))
