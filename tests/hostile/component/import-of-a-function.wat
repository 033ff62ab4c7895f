;; Asks for a function that the host does not have. Must be refused, naming it.
(import "fetch" (func (param "uri" string) (result string)))
