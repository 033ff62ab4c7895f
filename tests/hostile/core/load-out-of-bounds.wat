;; Reads past its memory. Must be a fault of the kind `trap`, and no signal that ends the process.
(func (export "decide") (param i32) (result i32)
  (i32.load offset=0xfffffff0 (i32.const 0x7fffffff)))
