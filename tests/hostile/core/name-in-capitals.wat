;; Has a name that is no name. Must be refused, naming it.
(data (i32.const 0x100) "HOSTILE")
