;; A validator that returns a code which its description does not list. Must be a fault of the output.
(data (i32.const 0x340) (i32 0x1000 15))
(data (i32.const 0x1000) "hostile.unknown")
(data (i32.const 0x380) (i32 0 0x340 1))
(func (export "validate") (param i32) (result i32) (i32.const 0x380))
