;; Has a memory with pages of one byte. Must be refused, naming it.
(core module (memory 1 (pagesize 1)))
