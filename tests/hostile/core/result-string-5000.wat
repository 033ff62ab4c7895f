;; Returns a message of 5,000 bytes, a little over the limit of one string. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x300 1))
(data (i32.const 0x314) (i32 0x1000 5000))
