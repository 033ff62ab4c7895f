;; A policy of the rehearsed interface, by hand: it logs that it judged and, about the first field of a suggestion, that it
;; looked at it; asks for review; and explains itself. It is only asked about suggestions that change a field.
;;
;; Without the lines that end in `new`, it is a policy of the older interface.
(module
  (import "countersign:policy/log@1.1.0" "write" (func $write (param i32 i32)))
  (import "countersign:policy/log@1.1.0" "about" (func $about (param i32 i32 i32 i32))) ;; new

  (memory (export "memory") 1)

  ;; Texts.
  (data (i32.const 0x100) "grown")
  (data (i32.const 0x110) "1.0.0")
  (data (i32.const 0x120) "Uses what is new.")
  (data (i32.const 0x140) "{}")
  (data (i32.const 0x150) "grown.seen")
  (data (i32.const 0x160) "Always returned.")
  (data (i32.const 0x170) "judged")
  (data (i32.const 0x180) "looked at")
  (data (i32.const 0x190) "It was looked at.")

  ;; The list of codes.
  (data (i32.const 0x1b0) (i32 0x150 10 0x160 16))

  ;; The description.
  (data (i32.const 0x200)
    (i32 0x100 5)    ;; 0x200 name
    (i32 0x110 5)    ;; 0x208 version
    (i32 0x120 17)   ;; 0x210 summary
    (i32 0 0)        ;; 0x218 applies-to.operations
    (i32 0 0)        ;; 0x220 applies-to.objects
    (i32 0 0)        ;; 0x228 applies-to.fields
    (i32 0)          ;; 0x230 reads.parts
    (i32 0 0)        ;; 0x234 reads.fields
    (i32 0)          ;; 0x23c reads.history-days
    (i32 0x1b0 1)    ;; 0x240 codes
    (i32 0x140 2))   ;; 0x248 settings-schema

  ;; The answer to `configure`: no error.
  (data (i32.const 0x260) (i32 0 0 0))

  ;; The verdict.
  (data (i32.const 0x280)
    (i32 0)          ;; 0x280 a verdict, no error
    (i32 1)          ;; 0x284 outcome: review
    (i32 0x300 1)    ;; 0x288 reasons
    (i32 0)          ;; 0x290 no review needs, and room for them
    (i32 0 0 0 0 0 0))

  ;; The reason.
  (data (i32.const 0x300)
    (i32 0x150 10)   ;; 0x300 code
    (i32 0 0 0)      ;; 0x308 field: none
    (i32 0x160 16))  ;; 0x314 message

  ;; The answer to `explain`: a text.
  (data (i32.const 0x320) (i32 1 0x190 17))

  ;; What the host writes begins at 0x1000; one call is far from the end of the memory.
  (global $free (mut i32) (i32.const 0x1000))
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
    (local $new i32)
    (local.set $new
      (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $new) (local.get $size)))
    (local.get $new))

  (func (export "describe") (result i32) (i32.const 0x200))

  (func (export "configure") (param $settings i32) (param $length i32) (result i32) (i32.const 0x260))

  ;; The suggestion stands first in what is given, its list of changes 36 bytes in it, and a change begins with its field.
  (func (export "decide") (param $given i32) (result i32)
    (local $first i32)
    (local.set $first (i32.load offset=36 (local.get $given)))
    (call $write (i32.const 0x170) (i32.const 6))
    (call $about (i32.load (local.get $first)) (i32.load offset=4 (local.get $first)) (i32.const 0x180) (i32.const 9)) ;; new
    (i32.const 0x280))

  (func (export "explain") (param $code i32) (param $length i32) (result i32) (i32.const 0x320)) ;; new
)
