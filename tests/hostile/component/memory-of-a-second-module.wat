;; Has a second module with a memory of its own. Must be refused, naming it.
(core module (memory 1))
