;; Returns a list whose size, counted in 32 bits, is small: 153,391,690 reasons of 28 bytes are 4 GiB and 24
;; bytes. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x300 153391690))
