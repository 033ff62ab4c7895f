;; Leaves a mark wherever it can (a global, its memory, grown memory, a table), and refuses everything once it
;; finds one: a guest that judges one customer by another. Must say `apply` each time, since it finds none.
(global $mark (mut i32) (i32.const 0))
(table $marks 2 4 funcref)
(elem declare func $any)
(func $any)
(memory (export "memory") 2)
(func (export "decide") (param i32) (result i32)
  (local $grown i32) (local $at i32) (local $found i32)
  (local.set $grown (i32.shl (memory.grow (i32.const 100)) (i32.const 16)))
  ;; Eight of every 64 bytes in the grown pages and in the upper half of the first ones.
  (local.set $at (i32.const 0x10000))
  (loop $again
    (local.set $found (i32.or (local.get $found) (i64.ne (i64.load (local.get $at)) (i64.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 64)))
    (br_if $again (i32.lt_u (local.get $at) (i32.add (local.get $grown) (i32.const 0x640000)))))
  (local.set $found (i32.or (local.get $found) (i32.load (i32.const 0x800))))
  (local.set $found (i32.or (local.get $found) (global.get $mark)))
  (local.set $found (i32.or (local.get $found) (i32.eqz (ref.is_null (table.get $marks (i32.const 1))))))
  (local.set $found (i32.or (local.get $found) (i32.ne (table.size $marks) (i32.const 2))))
  ;; The marks.
  (memory.fill (i32.const 0x10000) (i32.const 0xff) (i32.const 0x650000))
  (i32.store (i32.const 0x800) (i32.const 1))
  (global.set $mark (i32.const 1))
  (table.set $marks (i32.const 1) (ref.func $any))
  (drop (table.grow $marks (ref.func $any) (i32.const 1)))
  (if (local.get $found) (then (i32.store8 (i32.const 0x284) (i32.const 3))))
  (i32.const 0x280))
