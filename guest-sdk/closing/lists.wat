;; The functions of preview 2 that return lists which are not empty. They ask the caller for the memory, and
;; a module and an adapter in it have an allocator each: so there is one of these modules for each of them,
;; and none for those who call none of these functions.
(module
  (import "env" "memory" (memory 0))
  ;; Old place, old size, alignment, new size.
  (import "env" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (import "preview2" "stub:fill" (func $fill (param $at i32) (param $length i32)))
  (import "preview2" "stub:wait" (func $wait (param $for i32)))

  (func $allocate (param $alignment i32) (param $size i32) (result i32)
    (call $realloc (i32.const 0) (i32.const 0) (local.get $alignment) (local.get $size)))

  (func $return (param $list i32) (param $at i32) (param $length i32)
    (i32.store (local.get $list) (local.get $at))
    (i32.store offset=4 (local.get $list) (local.get $length)))

  (func (export "wasi:random/random#get-random-bytes") (export "wasi:random/insecure#get-insecure-random-bytes")
    (param $length i64) (param $list i32)
    (local $size i32) (local $at i32)
    ;; More than there is memory: an allocator has its own way to fail.
    (local.set $size
      (select
        (i32.const -1)
        (i32.wrap_i64 (local.get $length))
        (i64.gt_u (local.get $length) (i64.const 0xffffffff))))
    (local.set $at (call $allocate (i32.const 1) (local.get $size)))
    (call $fill (local.get $at) (local.get $size))
    (call $return (local.get $list) (local.get $at) (local.get $size)))

  ;; Everything is ready: the positions of all that is waited for.
  (func (export "wasi:io/poll#poll") (param $for i32) (param $count i32) (param $list i32)
    (local $at i32) (local $position i32)
    (local.set $at (call $allocate (i32.const 4) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $position) (local.get $count)))
        (call $wait (i32.load (i32.add (local.get $for) (i32.shl (local.get $position) (i32.const 2)))))
        (i32.store
          (i32.add (local.get $at) (i32.shl (local.get $position) (i32.const 2)))
          (local.get $position))
        (local.set $position (i32.add (local.get $position) (i32.const 1)))
        (br $next)))
    (call $return (local.get $list) (local.get $at) (local.get $count)))

  ;; One folder, 8, and its name.
  (func (export "wasi:filesystem/preopens#get-directories") (param $list i32)
    (local $at i32) (local $name i32)
    (local.set $at (call $allocate (i32.const 4) (i32.const 12)))
    (local.set $name (call $allocate (i32.const 1) (i32.const 1)))
    (i32.store8 (local.get $name) (i32.const 0x2f))
    (i32.store (local.get $at) (i32.const 8))
    (i32.store offset=4 (local.get $at) (local.get $name))
    (i32.store offset=8 (local.get $at) (i32.const 1))
    (call $return (local.get $list) (local.get $at) (i32.const 1))))
