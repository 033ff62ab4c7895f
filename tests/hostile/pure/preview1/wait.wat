;; Waits a second. It is over at once, and only the monotonic clock says that it was.
(import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
;; A subscription to the monotonic clock.
(data (i32.const 0x1000) (i64 7 0 1 1_000_000_000 0 0))
(func (export "decide") (param i32) (result i32)
  (call $show_32 (call $poll_oneoff (i32.const 0x1000) (i32.const 0x1100) (i32.const 1) (i32.const 0x1200)))
  (call $show_at (i32.const 0x1100))
  (call $show_at (i32.const 0x1108))
  (call $show_at (i32.const 0x1200))
  (drop (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 0x1300)))
  (call $show_at (i32.const 0x1300))
  (call $show_own_text)
  (i32.const 0x280))
