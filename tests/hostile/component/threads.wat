;; Uses a feature of Wasm that the host has switched off. Must be refused.
(core module (import "a" "memory" (memory 1 1 shared)) (func (drop (i32.atomic.load (i32.const 0)))))
