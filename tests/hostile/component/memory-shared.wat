;; Has a memory that threads could share. Must be refused, naming it.
(core module (memory 1 1 shared))
