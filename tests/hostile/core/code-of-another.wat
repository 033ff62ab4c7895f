;; Lists a code that belongs to another module. Must be refused, naming it.
(data (i32.const 0x160) "another.code")
