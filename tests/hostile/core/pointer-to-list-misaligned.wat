;; Returns a list at an odd address. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x301 1))
