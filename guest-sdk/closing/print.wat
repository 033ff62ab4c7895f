;; Prints for a program: what it writes to its output goes to the log, line by line. The fields of a module, after
;; those of `log.wat`.
;;
;; Some languages write a line in many small parts, so a line that has no end yet is held back until it has one,
;; or the call ends. There is no memory to hold it in but 32 globals of eight bytes. A line that does not fit is
;; logged in parts.

(global $held (mut i32) (i32.const 0)) ;; how many bytes are held
(global $from (mut i32) (i32.const 0)) ;; which stream they were written to

;; Logs `$length` bytes that were written to a stream.
(func $print (param $stream i32) (param $at i32) (param $length i32)
  (local $end i32) (local $line i32)
  (if (i32.ne (local.get $stream) (global.get $from)) (then (call $print_held)))
  (global.set $from (local.get $stream))
  (local.set $end (i32.add (local.get $at) (local.get $length)))
  (local.set $line (local.get $at))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 10))
        (then
          (if (call $hold (local.get $line) (local.get $at) (i32.const 1))
            (then (call $print_held))
            (else (call $print_line (local.get $line) (local.get $at))))
          (local.set $line (i32.add (local.get $at) (i32.const 1)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
  (if (i32.eqz (call $hold (local.get $line) (local.get $end) (i32.const 0)))
    (then (call $print_line (local.get $line) (local.get $end)))))

;; Adds the text between two places to what is held. It does not if it is too long, nor if nothing is held and
;; the line is at its end: then it can be logged from where it is, and 0 is returned.
(func $hold (param $at i32) (param $end i32) (param $complete i32) (result i32)
  (local $length i32)
  (if (i32.and (local.get $complete) (i32.eqz (global.get $held))) (then (return (i32.const 0))))
  (local.set $length (i32.sub (local.get $end) (local.get $at)))
  (if (i32.gt_u (i32.add (global.get $held) (local.get $length)) (i32.const 256)) (then (call $print_held)))
  (if (i32.gt_u (local.get $length) (i32.const 256)) (then (return (i32.const 0))))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (call $hold_byte (i64.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
  (i32.const 1))

(func $hold_byte (param $byte i64)
  (local $word i32) (local $bit i64)
  (local.set $word (i32.shr_u (global.get $held) (i32.const 3)))
  (local.set $bit (i64.shl (i64.extend_i32_u (i32.and (global.get $held) (i32.const 7))) (i64.const 3)))
  ;; The first byte of a word clears it.
  (call $set_word
    (local.get $word)
    (i64.or
      (i64.shl (local.get $byte) (local.get $bit))
      (select (i64.const 0) (call $word (local.get $word)) (i64.eqz (local.get $bit)))))
  (global.set $held (i32.add (global.get $held) (i32.const 1))))

;; Logs what is held.
(func $print_held (export "stub:end")
  (if (global.get $held)
    (then
      (call $print_held_lent (i32.const 0) (global.get $held))
      (global.set $held (i32.const 0)))))

;; As `$say_lent`.
(func $print_held_lent (param $from i32) (param $length i32)
  (local $kept i64)
  (if (i32.ge_u (local.get $from) (local.get $length))
    (then (call $print_line (i32.const 0) (local.get $length)))
    (else
      (local.set $kept (i64.load (local.get $from)))
      (i64.store (local.get $from) (call $word (i32.shr_u (local.get $from) (i32.const 3))))
      (call $print_held_lent (i32.add (local.get $from) (i32.const 8)) (local.get $length))
      (i64.store (local.get $from) (local.get $kept)))))

;; Logs the text between two places. `log` takes UTF-8 and a program prints what it likes, so bytes that are
;; not part of a character are left out, and the text around them becomes lines of its own.
(func $print_line (param $at i32) (param $end i32)
  (local $begin i32) (local $next i32)
  (local.set $begin (local.get $at))
  (block $done
    (loop $more
      (if (i32.ge_u (local.get $at) (local.get $end))
        (then
          (call $print_part (local.get $begin) (local.get $at))
          (br $done)))
      (local.set $next (i32.add (local.get $at) (call $character (local.get $at) (local.get $end))))
      (if (i32.eq (local.get $next) (local.get $at))
        (then
          (call $print_part (local.get $begin) (local.get $at))
          (local.set $next (i32.add (local.get $at) (i32.const 1)))
          (local.set $begin (local.get $next))))
      (local.set $at (local.get $next))
      (br $more))))

(func $print_part (param $begin i32) (param $end i32)
  (if (i32.lt_u (local.get $begin) (local.get $end))
    (then (call $log (local.get $begin) (i32.sub (local.get $end) (local.get $begin))))))

;; The bytes of the character of UTF-8 at a place, or 0 if there is none before the end.
(func $character (param $at i32) (param $end i32) (result i32)
  (local $first i32) (local $low i32) (local $high i32) (local $length i32)
  (local.set $first (i32.load8_u (local.get $at)))
  (if (i32.lt_u (local.get $first) (i32.const 0x80)) (then (return (i32.const 1))))
  ;; From 0xc2: two bytes; from 0xe0: three; from 0xf0 to 0xf4: four.
  (if (i32.lt_u (i32.sub (local.get $first) (i32.const 0xc2)) (i32.const 0x33))
    (then
      (local.set $length
        (i32.add
          (i32.const 2)
          (i32.add
            (i32.ge_u (local.get $first) (i32.const 0xe0))
            (i32.ge_u (local.get $first) (i32.const 0xf0)))))))
  (if (i32.eqz (local.get $length)) (then (return (i32.const 0))))
  (if (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (local.get $length)) (then (return (i32.const 0))))
  ;; The second byte's range rules out overlong forms, surrogates and what is over U+10FFFF.
  (local.set $low (i32.const 0x80))
  (local.set $high (i32.const 0xbf))
  (if (i32.eq (local.get $first) (i32.const 0xe0)) (then (local.set $low (i32.const 0xa0))))
  (if (i32.eq (local.get $first) (i32.const 0xed)) (then (local.set $high (i32.const 0x9f))))
  (if (i32.eq (local.get $first) (i32.const 0xf0)) (then (local.set $low (i32.const 0x90))))
  (if (i32.eq (local.get $first) (i32.const 0xf4)) (then (local.set $high (i32.const 0x8f))))
  (if
    (i32.or
      (i32.lt_u (i32.load8_u offset=1 (local.get $at)) (local.get $low))
      (i32.gt_u (i32.load8_u offset=1 (local.get $at)) (local.get $high)))
    (then (return (i32.const 0))))
  (if (i32.ge_u (local.get $length) (i32.const 3))
    (then
      (if (i32.eqz (call $continues (i32.load8_u offset=2 (local.get $at)))) (then (return (i32.const 0))))))
  (if (i32.eq (local.get $length) (i32.const 4))
    (then
      (if (i32.eqz (call $continues (i32.load8_u offset=3 (local.get $at)))) (then (return (i32.const 0))))))
  (local.get $length))

(func $continues (param $byte i32) (result i32)
  (i32.eq (i32.and (local.get $byte) (i32.const 0xc0)) (i32.const 0x80)))

;; The globals by number.

(global $held_0 (mut i64) (i64.const 0))
(global $held_1 (mut i64) (i64.const 0))
(global $held_2 (mut i64) (i64.const 0))
(global $held_3 (mut i64) (i64.const 0))
(global $held_4 (mut i64) (i64.const 0))
(global $held_5 (mut i64) (i64.const 0))
(global $held_6 (mut i64) (i64.const 0))
(global $held_7 (mut i64) (i64.const 0))
(global $held_8 (mut i64) (i64.const 0))
(global $held_9 (mut i64) (i64.const 0))
(global $held_10 (mut i64) (i64.const 0))
(global $held_11 (mut i64) (i64.const 0))
(global $held_12 (mut i64) (i64.const 0))
(global $held_13 (mut i64) (i64.const 0))
(global $held_14 (mut i64) (i64.const 0))
(global $held_15 (mut i64) (i64.const 0))
(global $held_16 (mut i64) (i64.const 0))
(global $held_17 (mut i64) (i64.const 0))
(global $held_18 (mut i64) (i64.const 0))
(global $held_19 (mut i64) (i64.const 0))
(global $held_20 (mut i64) (i64.const 0))
(global $held_21 (mut i64) (i64.const 0))
(global $held_22 (mut i64) (i64.const 0))
(global $held_23 (mut i64) (i64.const 0))
(global $held_24 (mut i64) (i64.const 0))
(global $held_25 (mut i64) (i64.const 0))
(global $held_26 (mut i64) (i64.const 0))
(global $held_27 (mut i64) (i64.const 0))
(global $held_28 (mut i64) (i64.const 0))
(global $held_29 (mut i64) (i64.const 0))
(global $held_30 (mut i64) (i64.const 0))
(global $held_31 (mut i64) (i64.const 0))

(func $word (param $at i32) (result i64)
  (block $31 (block $30 (block $29 (block $28 (block $27 (block $26 (block $25 (block $24
    (block $23 (block $22 (block $21 (block $20 (block $19 (block $18 (block $17 (block $16
    (block $15 (block $14 (block $13 (block $12 (block $11 (block $10 (block $9 (block $8
    (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
    (br_table
      $0 $1 $2 $3 $4 $5 $6 $7
      $8 $9 $10 $11 $12 $13 $14 $15
      $16 $17 $18 $19 $20 $21 $22 $23
      $24 $25 $26 $27 $28 $29 $30 $31
      (local.get $at))
  ) (return (global.get $held_0))
  ) (return (global.get $held_1))
  ) (return (global.get $held_2))
  ) (return (global.get $held_3))
  ) (return (global.get $held_4))
  ) (return (global.get $held_5))
  ) (return (global.get $held_6))
  ) (return (global.get $held_7))
  ) (return (global.get $held_8))
  ) (return (global.get $held_9))
  ) (return (global.get $held_10))
  ) (return (global.get $held_11))
  ) (return (global.get $held_12))
  ) (return (global.get $held_13))
  ) (return (global.get $held_14))
  ) (return (global.get $held_15))
  ) (return (global.get $held_16))
  ) (return (global.get $held_17))
  ) (return (global.get $held_18))
  ) (return (global.get $held_19))
  ) (return (global.get $held_20))
  ) (return (global.get $held_21))
  ) (return (global.get $held_22))
  ) (return (global.get $held_23))
  ) (return (global.get $held_24))
  ) (return (global.get $held_25))
  ) (return (global.get $held_26))
  ) (return (global.get $held_27))
  ) (return (global.get $held_28))
  ) (return (global.get $held_29))
  ) (return (global.get $held_30))
  ) (return (global.get $held_31)))

(func $set_word (param $at i32) (param $value i64)
  (block $31 (block $30 (block $29 (block $28 (block $27 (block $26 (block $25 (block $24
    (block $23 (block $22 (block $21 (block $20 (block $19 (block $18 (block $17 (block $16
    (block $15 (block $14 (block $13 (block $12 (block $11 (block $10 (block $9 (block $8
    (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
    (br_table
      $0 $1 $2 $3 $4 $5 $6 $7
      $8 $9 $10 $11 $12 $13 $14 $15
      $16 $17 $18 $19 $20 $21 $22 $23
      $24 $25 $26 $27 $28 $29 $30 $31
      (local.get $at))
  ) (global.set $held_0 (local.get $value)) (return)
  ) (global.set $held_1 (local.get $value)) (return)
  ) (global.set $held_2 (local.get $value)) (return)
  ) (global.set $held_3 (local.get $value)) (return)
  ) (global.set $held_4 (local.get $value)) (return)
  ) (global.set $held_5 (local.get $value)) (return)
  ) (global.set $held_6 (local.get $value)) (return)
  ) (global.set $held_7 (local.get $value)) (return)
  ) (global.set $held_8 (local.get $value)) (return)
  ) (global.set $held_9 (local.get $value)) (return)
  ) (global.set $held_10 (local.get $value)) (return)
  ) (global.set $held_11 (local.get $value)) (return)
  ) (global.set $held_12 (local.get $value)) (return)
  ) (global.set $held_13 (local.get $value)) (return)
  ) (global.set $held_14 (local.get $value)) (return)
  ) (global.set $held_15 (local.get $value)) (return)
  ) (global.set $held_16 (local.get $value)) (return)
  ) (global.set $held_17 (local.get $value)) (return)
  ) (global.set $held_18 (local.get $value)) (return)
  ) (global.set $held_19 (local.get $value)) (return)
  ) (global.set $held_20 (local.get $value)) (return)
  ) (global.set $held_21 (local.get $value)) (return)
  ) (global.set $held_22 (local.get $value)) (return)
  ) (global.set $held_23 (local.get $value)) (return)
  ) (global.set $held_24 (local.get $value)) (return)
  ) (global.set $held_25 (local.get $value)) (return)
  ) (global.set $held_26 (local.get $value)) (return)
  ) (global.set $held_27 (local.get $value)) (return)
  ) (global.set $held_28 (local.get $value)) (return)
  ) (global.set $held_29 (local.get $value)) (return)
  ) (global.set $held_30 (local.get $value)) (return)
  ) (global.set $held_31 (local.get $value)) (return))
