;; The policy that stands beside a hostile guest in the same set: applies what only fills empty fields
;; (`enrich`) and refuses everything else, so that a right judgement can be told from a lucky one.
(data (i32.const 0x100) "honest")
(data (i32.const 0x204) (i32 6))
;; For all kinds of record, and without codes.
(data (i32.const 0x220) (i32 0 0))
(data (i32.const 0x240) (i32 0 0))
(func (export "decide") (param $given i32) (result i32)
  (if (i32.ne (i32.load8_u offset=32 (local.get $given)) (i32.const 1))
    (then (i32.store8 (i32.const 0x284) (i32.const 3))))
  (i32.const 0x280))
