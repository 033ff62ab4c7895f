;; Accepts a connection, sends and receives. All is refused, and it is told why once.
(import "wasi_snapshot_preview1" "sock_accept" (func $sock_accept (param i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "sock_send" (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "sock_recv" (func $sock_recv (param i32 i32 i32 i32 i32 i32) (result i32)))
(func (export "decide") (param i32) (result i32)
  (call $show_32 (call $sock_accept (i32.const 3) (i32.const 0) (i32.const 0x1000)))
  (call $show_32 (call $sock_send (i32.const 4) (i32.const 0x1000) (i32.const 0) (i32.const 0) (i32.const 0x1000)))
  (call $show_32
    (call $sock_recv (i32.const 4) (i32.const 0x1000) (i32.const 0) (i32.const 0) (i32.const 0x1000) (i32.const 0x1000)))
  (call $show_own_text)
  (i32.const 0x280))
