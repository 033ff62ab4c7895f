;; Has a second memory in one module. Must be refused, naming it.
(core module (memory 1) (memory 1))
