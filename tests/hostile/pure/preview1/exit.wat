;; Ends itself, within a line. That is a fault, and the log says what it did.
(import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
(import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
(data (i32.const 0x1000) "good-bye")
(data (i32.const 0x1100) (i32 0x1000 8))
(func (export "decide") (param i32) (result i32)
  (drop (call $fd_write (i32.const 1) (i32.const 0x1100) (i32.const 1) (i32.const 0x1200)))
  (call $proc_exit (i32.const 0))
  (i32.const 0x280))
