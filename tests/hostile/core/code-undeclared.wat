;; A policy that returns a code which its description does not list. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x300 1))
(data (i32.const 0x300) (i32 0x1000 15))
(data (i32.const 0x1000) "hostile.unknown")
