;; Asks for a review by 255 people with the priority 255. Must keep the approvals, and be of the highest
;; priority that there is, 9.
(data (i32.const 0x284) (i32 1))
(data (i32.const 0x290) (i32 1))
(data (i32.const 0x2a0) "\ff\ff")
