;; Returns 60 reasons whose messages all are the same megabyte of memory: cheap for the guest, 60 MB for a
;; host that copies each. Must be a fault of the output.
(memory (export "memory") 32)
(data (i32.const 0x288) (i32 0x1000 60))
(data (i32.const 0x314) (i32 0x10000 0x100000))
(func (export "decide") (param i32) (result i32)
  (local $i i32)
  (loop $again
    (memory.copy
      (i32.add (i32.const 0x1000) (i32.mul (local.get $i) (i32.const 28)))
      (i32.const 0x300) (i32.const 28))
    (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 60))))
  (i32.const 0x280))
