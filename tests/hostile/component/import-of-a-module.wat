;; Asks for a core module. Must be refused, naming it.
(import "code" (core module (import "a" "b" (func))))
