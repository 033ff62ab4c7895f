;; Returns a message that is not UTF-8. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x300 1))
(data (i32.const 0x314) (i32 0x1000 2))
(data (i32.const 0x1000) "\ff\fe")
