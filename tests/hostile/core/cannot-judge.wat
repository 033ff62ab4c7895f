;; Says that it cannot judge. Must be a fault of the kind `declined`, with its words.
(data (i32.const 0x280) (i32 1 0x170 14))
