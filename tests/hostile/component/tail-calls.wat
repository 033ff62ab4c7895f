;; Uses a feature of Wasm that the host has switched off. Must be refused.
(core module (func $again (return_call $again)))
