;; Says `review` if every NaN that arithmetic makes has the canonical bits, else `reject`. Processors differ
;; in those bits, so a verdict that shows them would not be repeatable. Must always say `review`.
(global $zero (mut f64) (f64.const 0))
(global $minus (mut f64) (f64.const -1))
(func $canonical_32 (param f32) (result i32)
  (i32.eq (i32.reinterpret_f32 (local.get 0)) (i32.const 0x7fc00000)))
(func $canonical_64 (param f64) (result i32)
  (i64.eq (i64.reinterpret_f64 (local.get 0)) (i64.const 0x7ff8000000000000)))
(func (export "decide") (param i32) (result i32)
  (local $zero f64) (local $zero_32 f32) (local $odd f64)
  (local.set $zero (global.get $zero))
  (local.set $zero_32 (f32.demote_f64 (local.get $zero)))
  ;; A NaN with a payload and a sign, as no arithmetic may hand it on.
  (local.set $odd (f64.reinterpret_i64 (i64.const 0xfff4000000000123)))
  (i32.store8 (i32.const 0x284)
    (select (i32.const 1) (i32.const 3)
      (i32.and
        (i32.and
          (i32.and
            (call $canonical_64 (f64.div (local.get $zero) (local.get $zero)))
            (call $canonical_64 (f64.sqrt (global.get $minus))))
          (i32.and
            (call $canonical_32 (f32.div (local.get $zero_32) (local.get $zero_32)))
            (call $canonical_32 (f32.demote_f64 (local.get $odd)))))
        (i32.and
          (i32.and
            (call $canonical_64 (f64.add (local.get $odd) (local.get $zero)))
            (call $canonical_64 (f64.min (local.get $odd) (local.get $zero))))
          (i32.and
            (call $canonical_64 (f64.sub (f64.const inf) (f64.const inf)))
            (call $canonical_64 (f64.mul (local.get $zero) (f64.const inf))))))))
  (i32.const 0x280))
