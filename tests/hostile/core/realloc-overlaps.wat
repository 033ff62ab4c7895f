;; Has the host write all arguments over each other and over the answers of the guest, which are kept below
;; 0x400. It can only harm itself: must be a fault or a verdict, and the same one each time.
(func (export "cabi_realloc") (param i32 i32) (param $align i32) (param i32) (result i32)
  (i32.const 0x280))
