;; Says `apply`, and then calls the host in the clean-up after the return, where that is forbidden. Must be a
;; fault of the kind `trap`.
(func (export "cabi_post_decide") (param i32)
  (call $log (i32.const 0x170) (i32.const 14)))
