;; Traps, as a module does that panics. Must be a fault of the kind `trap`.
(func (export "decide") (param i32) (result i32) unreachable)
