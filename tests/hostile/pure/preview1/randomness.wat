;; Asks for randomness. Every call gets the same.
(import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
(func (export "decide") (param i32) (result i32)
  (call $show_32 (call $random_get (i32.const 0x1000) (i32.const 12)))
  (call $show_at (i32.const 0x1000))
  (call $show_at (i32.const 0x1008))
  (i32.const 0x280))
