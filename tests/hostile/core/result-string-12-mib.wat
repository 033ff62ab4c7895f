;; Returns a message of 12 MiB. Must be a fault of the output, before the host has copied it.
(memory (export "memory") 200)
(data (i32.const 0x288) (i32 0x300 1))
(data (i32.const 0x314) (i32 0x10000 0xc00000))
