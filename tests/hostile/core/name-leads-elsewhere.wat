;; Has a name that would be another folder if it were used as one. Must be refused, naming it.
(data (i32.const 0x100) "../../x")
