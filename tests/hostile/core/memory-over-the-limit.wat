;; Has 19 MB of memory from the start: more than a call may have, but less than it may have while it is set
;; up. Must be a fault of memory at each call.
(memory (export "memory") 300)
