;; Returns a message whose end, added up in 32 bits, lies before its beginning. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x300 1))
(data (i32.const 0x314) (i32 0x100 0xffffffff))
