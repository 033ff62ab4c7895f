;; Asks for a clock. Must be refused, naming the import and how to close it.
(import "wasi:clocks/wall-clock@0.2.0" (instance (export "now" (func (result u64)))))
