;; Prints lines that are longer than what a stub can hold while they have no end. Nothing is lost.
(import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
(func $write (param $letter i32) (param $count i32)
  (memory.fill (i32.const 0x2000) (local.get $letter) (local.get $count))
  (i32.store (i32.const 0x1000) (i32.const 0x2000))
  (i32.store (i32.const 0x1004) (local.get $count))
  (drop (call $fd_write (i32.const 1) (i32.const 0x1000) (i32.const 1) (i32.const 0x1200))))
(func (export "decide") (param i32) (result i32)
  ;; The second does not fit behind the first.
  (call $write (i32.const 0x61) (i32.const 200))
  (call $write (i32.const 0x62) (i32.const 100))
  (call $write (i32.const 0x0a) (i32.const 1))
  ;; Too long to be held at all.
  (call $write (i32.const 0x63) (i32.const 300))
  (call $write (i32.const 0x0a) (i32.const 1))
  ;; As much as can be held, and one more.
  (call $write (i32.const 0x64) (i32.const 256))
  (call $write (i32.const 0x65) (i32.const 1))
  (i32.const 0x280))
