;; Returns review needs that are neither there nor not there. Must be a fault of the output.
(data (i32.const 0x290) (i32 2))
