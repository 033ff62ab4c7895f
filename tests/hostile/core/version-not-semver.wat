;; Has a version that is none. Must be refused, naming it.
(data (i32.const 0x110) "x.y.z")
