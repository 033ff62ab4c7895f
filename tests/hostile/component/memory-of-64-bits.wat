;; Has a memory of 64-bit addresses. Must be refused, naming it.
(core module (memory i64 1))
