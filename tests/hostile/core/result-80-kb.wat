;; Returns 20 reasons of 4,000 bytes: each is allowed, all together are not. Must be a fault of the output.
(data (i32.const 0x288) (i32 0x1000 20))
(data (i32.const 0x314) (i32 0x2000 4000))
(func (export "decide") (param i32) (result i32)
  (local $i i32)
  (loop $again
    (memory.copy
      (i32.add (i32.const 0x1000) (i32.mul (local.get $i) (i32.const 28)))
      (i32.const 0x300) (i32.const 28))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
  (memory.fill (i32.const 0x2000) (i32.const 0x20) (i32.const 4000))
  (i32.const 0x280))
