;; Preview 1 of WASI, `wasi_snapshot_preview1`, for a program that has nothing: all 46 functions, and one more
;; that Go's generated bindings import. The fields of a module, after those of `log.wat` and `print.wat`.
;;
;; What a program finds:
;; - descriptor 0 is at its end; what is written to 1 and 2 is logged. All three look like terminals, so that C
;;   prints at each line and not when its buffer is full, which in a module is never;
;; - descriptor 3 is the folder `/`, in which everything is refused with EACCES: without any folder a language's
;;   library gives up by itself, and no line would say why;
;; - the time of day stands still at 2000-01-01T00:00:00Z, and who asks for it is told what to use instead;
;; - the monotonic clock stands at 1 s, and waiting is over at once and moves it by as long as was waited for;
;; - randomness is the same in every instance;
;; - everything else that would reach outside fails, and says so once a call.
;;
;; The numbers of errors: 0 success, 2 EACCES, 8 EBADF, 28 EINVAL, 37 ENAMETOOLONG, 58 ENOTSUP, 70 ESPIPE.

;; Arguments and environment: none.

(func $no_strings (param $count i32) (param $size i32) (result i32)
  (i32.store (local.get $count) (i32.const 0))
  (i32.store (local.get $size) (i32.const 0))
  (i32.const 0))
(func (export "args_get") (param i32 i32) (result i32) (i32.const 0))
(func (export "args_sizes_get") (param $count i32) (param $size i32) (result i32)
  (call $no_strings (local.get $count) (local.get $size)))
(func (export "environ_get") (param i32 i32) (result i32) (i32.const 0))
(func (export "environ_sizes_get") (param $count i32) (param $size i32) (result i32)
  (call $say_environment)
  (call $no_strings (local.get $count) (local.get $size)))

;; Clocks, in nanoseconds.

(func (export "clock_res_get") (param $clock i32) (param $resolution i32) (result i32)
  (i64.store (local.get $resolution) (i64.const 1_000_000_000))
  (i32.const 0))
(func (export "clock_time_get") (param $clock i32) (param $precision i64) (param $time i32) (result i32)
  (if (i32.gt_u (local.get $clock) (i32.const 3)) (then (return (i32.const 28))))
  (if (i32.eqz (local.get $clock))
    (then
      (call $say_clock)
      (i64.store (local.get $time) (i64.const 946_684_800_000_000_000)))
    (else (i64.store (local.get $time) (global.get $now))))
  (i32.const 0))

;; Randomness.

(func (export "random_get") (param $at i32) (param $length i32) (result i32)
  (call $fill (local.get $at) (local.get $length))
  (i32.const 0))

;; Waiting and ending.

;; Everything is ready at once. An event begins with what the subscription begins with; its kind is at 10.
(func (export "poll_oneoff") (param $subscription i32) (param $event i32) (param $count i32) (param $happened i32)
  (result i32)
  (i32.store (local.get $happened) (local.get $count))
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $count)))
      (if (i32.eqz (i32.load8_u offset=8 (local.get $subscription)))
        (then (call $wait_for (local.get $subscription))))
      (memory.fill (local.get $event) (i32.const 0) (i32.const 32))
      (i64.store (local.get $event) (i64.load (local.get $subscription)))
      (i32.store8 offset=10 (local.get $event) (i32.load8_u offset=8 (local.get $subscription)))
      (local.set $subscription (i32.add (local.get $subscription) (i32.const 48)))
      (local.set $event (i32.add (local.get $event) (i32.const 32)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))
  (i32.const 0))

;; Waits for a clock: its number is at 16, the time at 24, and at 40 is 1 if that is not from now on. The time of
;; day is no time of the clock that runtimes wait by, so waiting for one is as long as nothing.
(func $wait_for (param $subscription i32)
  (local $time i64)
  (local.set $time (i64.load offset=24 (local.get $subscription)))
  (if (i32.and (i32.load16_u offset=40 (local.get $subscription)) (i32.const 1))
    (then
      (if (i32.eqz (i32.load offset=16 (local.get $subscription))) (then (local.set $time (i64.const 0)))))
    (else (local.set $time (i64.add (global.get $now) (local.get $time)))))
  (call $wait_until (local.get $time)))

(func (export "sched_yield") (result i32) (i32.const 0))
(func (export "proc_exit") (param $code i32)
  (call $print_held)
  (call $say_exit)
  (unreachable))
(func (export "proc_raise") (param $signal i32) (result i32)
  (call $print_held)
  (call $say_exit)
  (unreachable))
;; Go's bindings stop the official adapter's clock while memory is allocated. This one never moves.
(func (export "adapter_monotonic_clock_set_paused") (param i32))

;; Descriptors.

(func $is_standard (param $fd i32) (result i32) (i32.lt_u (local.get $fd) (i32.const 3)))

;; The answer to what only files have.
(func $refuse_file (param $fd i32) (result i32)
  (if (call $is_standard (local.get $fd)) (then (return (i32.const 58))))
  (call $refuse_folder (local.get $fd)))

;; The answer to what only the folder has.
(func $refuse_folder (param $fd i32) (result i32)
  (if (i32.ne (local.get $fd) (i32.const 3)) (then (return (i32.const 8))))
  (call $say_files)
  (i32.const 2))

(func (export "fd_write") (param $fd i32) (param $parts i32) (param $count i32) (param $written i32) (result i32)
  (if (i32.or (i32.eqz (local.get $fd)) (i32.gt_u (local.get $fd) (i32.const 2)))
    (then (return (call $refuse_file (local.get $fd)))))
  (i32.store (local.get $written) (call $print_parts (local.get $fd) (local.get $parts) (local.get $count)))
  (i32.const 0))
(func (export "fd_read") (param $fd i32) (param $parts i32) (param $count i32) (param $read i32) (result i32)
  (if (local.get $fd) (then (return (call $refuse_file (local.get $fd)))))
  (i32.store (local.get $read) (i32.const 0))
  (i32.const 0))
(func (export "fd_close") (param $fd i32) (result i32)
  (if (result i32) (i32.gt_u (local.get $fd) (i32.const 3)) (then (i32.const 8)) (else (i32.const 0))))
(func (export "fd_seek") (param $fd i32) (param $by i64) (param $from i32) (param $position i32) (result i32)
  (if (call $is_standard (local.get $fd)) (then (return (i32.const 70))))
  (call $refuse_folder (local.get $fd)))
(func (export "fd_tell") (param $fd i32) (param $position i32) (result i32)
  (if (call $is_standard (local.get $fd)) (then (return (i32.const 70))))
  (call $refuse_folder (local.get $fd)))

;; Its kind at 0: a terminal 2, a folder 3; flags at 2; rights at 8, and those of what is opened in it at 16.
(func (export "fd_fdstat_get") (param $fd i32) (param $status i32) (result i32)
  (if (i32.gt_u (local.get $fd) (i32.const 3)) (then (return (i32.const 8))))
  (i64.store (local.get $status) (i64.const 2))
  ;; To read, bit 1; or to write, bit 6.
  (i64.store offset=8 (local.get $status)
    (select (i64.const 0x40) (i64.const 0x02) (local.get $fd)))
  (i64.store offset=16 (local.get $status) (i64.const 0))
  (if (i32.eq (local.get $fd) (i32.const 3))
    (then
      (i64.store (local.get $status) (i64.const 3))
      ;; All: a library must get as far as to ask.
      (i64.store offset=8 (local.get $status) (i64.const 0x1fffffff))
      (i64.store offset=16 (local.get $status) (i64.const 0x1fffffff))))
  (i32.const 0))
(func (export "fd_fdstat_set_flags") (param $fd i32) (param $flags i32) (result i32)
  (if (call $is_standard (local.get $fd)) (then (return (i32.const 0))))
  (call $refuse_folder (local.get $fd)))
(func (export "fd_fdstat_set_rights") (param $fd i32) (param $rights i64) (param $inherited i64) (result i32)
  (if (call $is_standard (local.get $fd)) (then (return (i32.const 0))))
  (call $refuse_folder (local.get $fd)))

;; Device and inode at 0; kind at 16; links at 24, size at 32, three times.
(func (export "fd_filestat_get") (param $fd i32) (param $status i32) (result i32)
  (if (i32.eqz (call $is_standard (local.get $fd))) (then (return (call $refuse_folder (local.get $fd)))))
  (memory.fill (local.get $status) (i32.const 0) (i32.const 64))
  (i32.store8 offset=16 (local.get $status) (i32.const 2))
  (i32.const 0))

;; Folders that are there from the start: a tag, 0, and at 4 the length of the name.
(func (export "fd_prestat_get") (param $fd i32) (param $status i32) (result i32)
  (if (i32.ne (local.get $fd) (i32.const 3)) (then (return (i32.const 8))))
  (i32.store (local.get $status) (i32.const 0))
  (i32.store offset=4 (local.get $status) (i32.const 1))
  (i32.const 0))
(func (export "fd_prestat_dir_name") (param $fd i32) (param $name i32) (param $length i32) (result i32)
  (if (i32.ne (local.get $fd) (i32.const 3)) (then (return (i32.const 8))))
  (if (i32.eqz (local.get $length)) (then (return (i32.const 37))))
  (i32.store8 (local.get $name) (i32.const 0x2f))
  (i32.const 0))

(func (export "fd_advise") (param $fd i32) (param i64 i64 i32) (result i32) (call $refuse_file (local.get $fd)))
(func (export "fd_allocate") (param $fd i32) (param i64 i64) (result i32) (call $refuse_file (local.get $fd)))
(func (export "fd_datasync") (param $fd i32) (result i32)
  (if (call $is_standard (local.get $fd)) (then (return (i32.const 0))))
  (call $refuse_folder (local.get $fd)))
(func (export "fd_sync") (param $fd i32) (result i32)
  (if (call $is_standard (local.get $fd)) (then (return (i32.const 0))))
  (call $refuse_folder (local.get $fd)))
(func (export "fd_filestat_set_size") (param $fd i32) (param i64) (result i32) (call $refuse_file (local.get $fd)))
(func (export "fd_filestat_set_times") (param $fd i32) (param i64 i64 i32) (result i32)
  (call $refuse_file (local.get $fd)))
(func (export "fd_pread") (param $fd i32) (param i32 i32 i64 i32) (result i32) (call $refuse_file (local.get $fd)))
(func (export "fd_pwrite") (param $fd i32) (param i32 i32 i64 i32) (result i32) (call $refuse_file (local.get $fd)))
(func (export "fd_readdir") (param $fd i32) (param i32 i32 i64 i32) (result i32) (call $refuse_file (local.get $fd)))
(func (export "fd_renumber") (param $fd i32) (param i32) (result i32) (call $refuse_file (local.get $fd)))

;; Paths.

(func (export "path_create_directory") (param $fd i32) (param i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_filestat_get") (param $fd i32) (param i32 i32 i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_filestat_set_times") (param $fd i32) (param i32 i32 i32 i64 i64 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_link") (param $fd i32) (param i32 i32 i32 i32 i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_open") (param $fd i32) (param i32 i32 i32 i32 i64 i64 i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_readlink") (param $fd i32) (param i32 i32 i32 i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_remove_directory") (param $fd i32) (param i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_rename") (param $fd i32) (param i32 i32 i32 i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_symlink") (param i32 i32) (param $fd i32) (param i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))
(func (export "path_unlink_file") (param $fd i32) (param i32 i32) (result i32)
  (call $refuse_folder (local.get $fd)))

;; Sockets.

(func $refuse_socket (result i32)
  (call $say_network)
  (i32.const 2))
(func (export "sock_accept") (param i32 i32 i32) (result i32) (call $refuse_socket))
(func (export "sock_recv") (param i32 i32 i32 i32 i32 i32) (result i32) (call $refuse_socket))
(func (export "sock_send") (param i32 i32 i32 i32 i32) (result i32) (call $refuse_socket))
(func (export "sock_shutdown") (param i32 i32) (result i32) (call $refuse_socket))

;; Prints what a program writes in several parts, C a buffer and what is new, and returns its length.
(func $print_parts (param $fd i32) (param $part i32) (param $count i32) (result i32)
  (local $total i32)
  (block $done
    (loop $next
      (br_if $done (i32.eqz (local.get $count)))
      (call $print (local.get $fd) (i32.load (local.get $part)) (i32.load offset=4 (local.get $part)))
      (local.set $total (i32.add (local.get $total) (i32.load offset=4 (local.get $part))))
      (local.set $part (i32.add (local.get $part) (i32.const 8)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next)))
  (local.get $total))
