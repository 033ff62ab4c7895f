;; Returns a message outside of its memory. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x300 1))
(data (i32.const 0x314) (i32 0x7fffffff 4))
