;; Asks for a resource that the host does not have. Must be refused.
(import "acme:helpers/files@1.0.0" (instance (export "file" (type (sub resource)))))
