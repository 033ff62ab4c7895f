;; Returns a fifth outcome. Must be a fault of the output.
(data (i32.const 0x284) (i32 4))
