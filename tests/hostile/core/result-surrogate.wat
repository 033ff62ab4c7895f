;; Returns a message that holds half of a surrogate pair, which UTF-8 does not have. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x300 1))
(data (i32.const 0x314) (i32 0x1000 3))
(data (i32.const 0x1000) "\ed\a0\80")
