;; Says `apply`, and then loops for ever in the clean-up after the return. Must be stopped by fuel; the
;; verdict that was already returned must not count.
(func (export "cabi_post_decide") (param i32)
  (loop $again (br $again)))
