;; Imports an interface that has types and no functions, as component tools leave behind. There is nothing to call
;; in it: must be accepted.
(import "acme:helpers/types@1.0.0" (instance
  (type $point (record (field "x" u32) (field "y" u32)))
  (export "point" (type (eq $point)))))
