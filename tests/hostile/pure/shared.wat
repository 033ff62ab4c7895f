;; What the guests of this folder share: ways to log what they find, and text where the stubs borrow memory.

;; Room for what the official adapter of preview 1 allocates.
(memory (export "memory") 8)

(data (i32.const 0) "what a stub borrows is put back as it was")
(func $show_own_text (call $log (i32.const 0) (i32.const 41)))

;; Logs a number, 16 hexadecimal digits.
(func $show (param $number i64)
  (local $at i32) (local $digit i32)
  (local.set $at (i32.const 0x7010))
  (loop $next
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (local.set $digit (i32.and (i32.wrap_i64 (local.get $number)) (i32.const 15)))
    (i32.store8 (local.get $at)
      (i32.add
        (local.get $digit)
        (select (i32.const 0x30) (i32.const 0x57) (i32.lt_u (local.get $digit) (i32.const 10)))))
    (local.set $number (i64.shr_u (local.get $number) (i64.const 4)))
    (br_if $next (i32.gt_u (local.get $at) (i32.const 0x7000))))
  (call $log (i32.const 0x7000) (i32.const 16)))
(func $show_32 (param $number i32) (call $show (i64.extend_i32_u (local.get $number))))
(func $show_at (param $at i32) (call $show (i64.load (local.get $at))))
