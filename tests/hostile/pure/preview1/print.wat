;; Prints: a line in two parts and two calls, two lines at once, bytes that are no text, and a line without an end.
;; What was begun while it was configured is part of no decision.
(import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
(data (i32.const 0x1000) "one thing, " "and another\n" "second\nthird\n" "fo\fffur\n" "fif" "th\n" "\c3\bcnf\e2\82\ac")
(data (i32.const 0x1100)
  (i32 0x1000 11) (i32 0x100b 3)   ;; 0x1100
  (i32 0x100e 9)                   ;; 0x1110
  (i32 0x1017 13)                  ;; 0x1118
  (i32 0x1024 7)                   ;; 0x1120
  (i32 0x102b 3)                   ;; 0x1128
  (i32 0x102e 3)                   ;; 0x1130
  (i32 0x1031 7))                  ;; 0x1138
(func $write (param $fd i32) (param $parts i32) (param $count i32)
  (drop (call $fd_write (local.get $fd) (local.get $parts) (local.get $count) (i32.const 0x1200))))
(func (export "configure") (param i32 i32) (result i32)
  (call $write (i32.const 1) (i32.const 0x1128) (i32.const 1))
  (i32.const 0x260))
(func (export "decide") (param i32) (result i32)
  (call $write (i32.const 1) (i32.const 0x1100) (i32.const 2))
  (call $show_at (i32.const 0x1200))
  (call $write (i32.const 1) (i32.const 0x1110) (i32.const 1))
  (call $write (i32.const 2) (i32.const 0x1118) (i32.const 1))
  (call $write (i32.const 2) (i32.const 0x1120) (i32.const 1))
  ;; On different streams: two lines.
  (call $write (i32.const 1) (i32.const 0x1128) (i32.const 1))
  (call $write (i32.const 2) (i32.const 0x1130) (i32.const 1))
  ;; To a file that is not there.
  (call $show_32 (call $fd_write (i32.const 5) (i32.const 0x1128) (i32.const 1) (i32.const 0x1200)))
  (call $write (i32.const 1) (i32.const 0x1138) (i32.const 1))
  (call $show_own_text)
  (i32.const 0x280))
