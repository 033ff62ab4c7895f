;; What an unhostile guest consists of: the fields of a core module that become a component of the world
;; `policy` or `validator`. A guest in `core` shows only what it does differently: each part below is left
;; out where the guest has an export of the part's name, and the guest's data comes after the data here,
;; so that it replaces the bytes that it names.
;;
;; It judges contacts only, asks for nothing, and says `apply`: what no hostile guest may be able to do.

(import "countersign:policy/log@1.0.0" "write" (func $log (param $text i32) (param $length i32)))

;; Texts.
(data (i32.const 0x100) "hostile")
(data (i32.const 0x110) "1.0.0")
(data (i32.const 0x120) "A guest for tests.")
(data (i32.const 0x140) "contact")
(data (i32.const 0x150) "{}")
(data (i32.const 0x160) "hostile.code")
(data (i32.const 0x170) "Said in tests.")

;; The list of objects in the scope, and the list of codes.
(data (i32.const 0x180) (i32 0x140 7))
(data (i32.const 0x190) (i32 0x160 12 0x170 14))

;; The description.
(data (i32.const 0x200)
  (i32 0x100 7)    ;; 0x200 name
  (i32 0x110 5)    ;; 0x208 version
  (i32 0x120 18)   ;; 0x210 summary
  (i32 0 0)        ;; 0x218 applies-to.operations
  (i32 0x180 1)    ;; 0x220 applies-to.objects
  (i32 0 0)        ;; 0x228 applies-to.fields
  (i32 0)          ;; 0x230 reads.parts
  (i32 0 0)        ;; 0x234 reads.fields
  (i32 0)          ;; 0x23c reads.history-days
  (i32 0x190 1)    ;; 0x240 codes
  (i32 0x150 2))   ;; 0x248 settings-schema

;; The answer to `configure`: no error.
(data (i32.const 0x260) (i32 0 0 0))

;; The verdict.
(data (i32.const 0x280)
  (i32 0)          ;; 0x280 0: a verdict; 1: an error, its text at 0x284
  (i32 0)          ;; 0x284 outcome: apply
  (i32 0 0)        ;; 0x288 reasons
  (i32 0)          ;; 0x290 1: with review needs
  (i32 0 0 0)      ;; 0x294 review.role
  (i32 0)          ;; 0x2a0 review.approvals, 0x2a1 review.priority
  (i32 0 0))       ;; 0x2a4 review.within-hours

;; A reason, for verdicts that give one.
(data (i32.const 0x300)
  (i32 0x160 12)   ;; 0x300 code
  (i32 0 0 0)      ;; 0x308 field
  (i32 0x170 14))  ;; 0x314 message

;; A finding, for validators that have one.
(data (i32.const 0x340)
  (i32 0x160 12)   ;; 0x340 code
  (i32 0)          ;; 0x348 severity
  (i32 0 0 0)      ;; 0x34c field
  (i32 0x170 14))  ;; 0x358 message

;; The answer to `validate`: a list without findings.
(data (i32.const 0x380) (i32 0 0 0))

;;; memory
(memory (export "memory") 2)

;;; cabi_realloc
;; What the host writes begins at 0x8000; from 0x1000 to there is room for a guest's own data.
(global $free (mut i32) (i32.const 0x8000))
(func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
  (local $new i32)
  (local.set $new
    (i32.and
      (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
  (global.set $free (i32.add (local.get $new) (local.get $size)))
  (local.get $new))

;;; describe
(func (export "describe") (result i32) (i32.const 0x200))

;;; configure
(func (export "configure") (param $settings i32) (param $length i32) (result i32) (i32.const 0x260))

;;; decide
(func (export "decide") (param $given i32) (result i32) (i32.const 0x280))
