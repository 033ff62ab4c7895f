;; Returns 65 reasons, one over the limit. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x1000 65))
