;; Calls an empty entry of a table. Must be a fault of the kind `trap`.
(table 1 funcref)
(func (export "decide") (param i32) (result i32)
  (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))
