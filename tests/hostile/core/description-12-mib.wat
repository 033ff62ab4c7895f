;; Describes itself in 12 MiB. Must be refused, naming the limit or the call.
(memory (export "memory") 200)
(data (i32.const 0x210) (i32 0x10000 0xc00000))
