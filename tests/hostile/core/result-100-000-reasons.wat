;; Returns a list of 100,000 empty reasons. Must be a fault of the output, before the host has made them.
(memory (export "memory") 60)
(data (i32.const 0x288) (i32 0x10000 100000))
