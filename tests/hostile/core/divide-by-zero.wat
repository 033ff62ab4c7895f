;; Divides by zero. Must be a fault of the kind `trap`, and no signal that ends the process.
(func (export "decide") (param i32) (result i32)
  (i32.div_u (local.get 0) (i32.load (i32.const 0x800))))
