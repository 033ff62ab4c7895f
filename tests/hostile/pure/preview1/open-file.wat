;; Opens a file twice, one in a folder that it was not given, and lists the folder that it was. All is refused,
;; and it is told why once.
(import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
(import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
(data (i32.const 0x1000) "/etc/passwd")
(func $open (param $folder i32)
  (call $show_32
    (call $path_open
      (local.get $folder)
      (i32.const 0) (i32.const 0x1000) (i32.const 11) (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 0x1100))))
(func (export "decide") (param i32) (result i32)
  (call $open (i32.const 3))
  (call $open (i32.const 3))
  (call $open (i32.const 4))
  (call $show_32 (call $fd_readdir (i32.const 3) (i32.const 0x1100) (i32.const 256) (i64.const 0) (i32.const 0x1200)))
  (call $show_own_text)
  (i32.const 0x280))
