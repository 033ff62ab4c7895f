;; Asks for an interface that the host does not have. Must be refused, naming it.
(import "acme:helpers/http@1.0.0" (instance (export "fetch" (func (param "uri" string) (result string)))))
