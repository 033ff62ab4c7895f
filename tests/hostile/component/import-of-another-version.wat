;; Asks for a later version of the log than there is. Must be refused, naming the version.
(import "countersign:policy/log@2.0.0" (instance (export "write" (func (param "message" string)))))
