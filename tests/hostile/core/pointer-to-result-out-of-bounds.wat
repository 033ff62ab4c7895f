;; Returns its verdict at the last bytes of the address space. Must be a fault of the output.
(func (export "decide") (param i32) (result i32) (i32.const 0xfffffff0))
