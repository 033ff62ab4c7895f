;; Refuses its settings. Must be refused with its words.
(data (i32.const 0x260) (i32 1 0x170 14))
