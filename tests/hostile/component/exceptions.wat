;; Uses a feature of Wasm that the host has switched off. Must be refused.
(core module (tag (param i32)) (func (throw 0 (i32.const 1))))
