;; Says that it cannot judge, in 12 MiB. Must be a fault of the output, before the host has copied it.
(memory (export "memory") 200)
(data (i32.const 0x280) (i32 1 0x10000 0xc00000))
