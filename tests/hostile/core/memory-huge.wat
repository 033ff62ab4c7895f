;; Has 4 GiB of memory from the start. Must be refused when it is set up.
(memory (export "memory") 65536)
