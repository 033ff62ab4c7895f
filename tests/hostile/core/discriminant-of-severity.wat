;; A validator that returns a sixth severity. Must be a fault of the output.
(data (i32.const 0x348) (i32 5))
(data (i32.const 0x380) (i32 0 0x340 1))
(func (export "validate") (param i32) (result i32) (i32.const 0x380))
