;; Returns a list outside of its memory. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x7ffffffc 1))
