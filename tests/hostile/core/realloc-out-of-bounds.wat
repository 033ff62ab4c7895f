;; Has the host write the arguments outside of its memory. Must be a fault of the output.
(func (export "cabi_realloc") (param i32 i32) (param $align i32) (param i32) (result i32)
  (if (result i32) (i32.gt_u (local.get $align) (i32.const 1))
    (then (i32.const -16))
    (else (i32.const 0x1000))))
