;; Connects a socket that it was never given. It is told why not, and stopped.
(import "wasi:sockets/tcp@0.2.12" "[method]tcp-socket.finish-connect" (func $finish_connect (param i32 i32)))
(func (export "decide") (param i32) (result i32)
  (call $finish_connect (i32.const 9) (i32.const 0x1100))
  (i32.const 0x280))
