;; Lists 2,000 codes. Must be refused, naming the limit.
(data (i32.const 0x240) (i32 0x10000 2000))
