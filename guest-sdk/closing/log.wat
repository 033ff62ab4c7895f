;; What the stubs of both previews share: the lines that they log, and randomness that never changes. The fields
;; below stand first in each stub; see README.md.
;;
;; A stub has no memory of its own, since a module has one memory, and it never grows the module's: some
;; allocators take every page for their own. What it has to show to the host, it writes over the first bytes
;; of the module's memory, and puts back what was there once the host has read it. Nothing else runs meanwhile.

(import "env" "memory" (memory 0))
(import "env" "log" (func $log (param $text i32) (param $length i32)))

;; The lines. Each says what to use instead. Their lengths stand again with the functions that log them.
(data $files "modules have no files: what a rule needs comes in with the suggestion, the facts or the settings")
(data $network "modules have no network: what a rule needs comes in with the suggestion, the facts or the settings")
(data $environment "modules have no environment: what differs between deployments comes in as settings")
(data $clock "the clock stands still at 2000-01-01T00:00:00Z: the time of the decision is `facts.now`")
(data $wait "modules cannot sleep or wait: nothing happens during a call but the call")
(data $exit "exit stops the call as a fault: to say that the module cannot judge, return an error")
(data $refuse "this part of WASI stops the call: modules get all that they need as arguments")

;; Which lines were logged in this call, a bit each: a loop that asks the time must not fill the log. Each call
;; begins anew, because what was said while the module was configured is not part of any decision.
(global $said (mut i32) (i32.const 0))
(func (export "stub:begin")
  (global.set $said (i32.const 0))
  (global.set $held (i32.const 0)))

(func $say_files (export "stub:say-files") (call $say (i32.const 0) (i32.const 96)))
(func $say_network (export "stub:say-network") (call $say (i32.const 1) (i32.const 98)))
(func $say_environment (call $say (i32.const 2) (i32.const 82)))
(func $say_clock (call $say (i32.const 3) (i32.const 87)))
(func $say_wait (call $say (i32.const 4) (i32.const 72)))
(func $say_exit (call $say (i32.const 5) (i32.const 84)))
(func $say_refuse (export "stub:say-refuse") (call $say (i32.const 6) (i32.const 77)))

(func $say (param $line i32) (param $length i32)
  (local $bit i32)
  (local.set $bit (i32.shl (i32.const 1) (local.get $line)))
  (if (i32.eqz (i32.and (global.get $said) (local.get $bit)))
    (then
      (global.set $said (i32.or (global.get $said) (local.get $bit)))
      (call $say_lent (i32.const 0) (local.get $line) (local.get $length)))))

;; Keeps the bytes from `$from` on, eight on each level, then logs the line from where they were.
(func $say_lent (param $from i32) (param $line i32) (param $length i32)
  (local $kept i64)
  (if (i32.ge_u (local.get $from) (local.get $length))
    (then
      (call $write_line (local.get $line) (local.get $length))
      (call $log (i32.const 0) (local.get $length)))
    (else
      (local.set $kept (i64.load (local.get $from)))
      (call $say_lent (i32.add (local.get $from) (i32.const 8)) (local.get $line) (local.get $length))
      (i64.store (local.get $from) (local.get $kept)))))

;; Writes a line to the beginning of the memory.
(func $write_line (param $line i32) (param $length i32)
  (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
    (br_table $0 $1 $2 $3 $4 $5 $6 (local.get $line)))
    (memory.init $files (i32.const 0) (i32.const 0) (local.get $length)) (return))
    (memory.init $network (i32.const 0) (i32.const 0) (local.get $length)) (return))
    (memory.init $environment (i32.const 0) (i32.const 0) (local.get $length)) (return))
    (memory.init $clock (i32.const 0) (i32.const 0) (local.get $length)) (return))
    (memory.init $wait (i32.const 0) (i32.const 0) (local.get $length)) (return))
    (memory.init $exit (i32.const 0) (i32.const 0) (local.get $length)) (return))
  (memory.init $refuse (i32.const 0) (i32.const 0) (local.get $length)))

;; The monotonic clock, in nanoseconds. It does not begin at 0, where Go's runtime stops. Waiting is over at once
;; and moves it to where it would be: a runtime that waits until a time would else wait for ever. What is short
;; is not told, since runtimes wait a little for themselves, Go's for instance before it says why it panics.
(global $now (mut i64) (i64.const 1_000_000_000))
(func $wait_until (param $time i64)
  (if (i64.gt_u (local.get $time) (i64.add (global.get $now) (i64.const 10_000_000))) (then (call $say_wait)))
  (if (i64.gt_u (local.get $time) (global.get $now)) (then (global.set $now (local.get $time)))))

;; Randomness: SplitMix64, from the same seed in every instance.
(global $seed (mut i64) (i64.const 0))
(func $random (export "stub:random") (result i64)
  (local $mixed i64)
  (global.set $seed (i64.add (global.get $seed) (i64.const 0x9e3779b97f4a7c15)))
  (local.set $mixed (global.get $seed))
  (local.set $mixed
    (i64.mul
      (i64.xor (local.get $mixed) (i64.shr_u (local.get $mixed) (i64.const 30)))
      (i64.const 0xbf58476d1ce4e5b9)))
  (local.set $mixed
    (i64.mul
      (i64.xor (local.get $mixed) (i64.shr_u (local.get $mixed) (i64.const 27)))
      (i64.const 0x94d049bb133111eb)))
  (i64.xor (local.get $mixed) (i64.shr_u (local.get $mixed) (i64.const 31))))

(func $fill (export "stub:fill") (param $at i32) (param $length i32)
  (local $end i32)
  (local.set $end (i32.add (local.get $at) (local.get $length)))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (i32.store8 (local.get $at) (i32.wrap_i64 (call $random)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))))
