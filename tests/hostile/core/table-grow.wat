;; Asks for table elements, a thousand at a time, until there are no more, and traps. Must be a fault of memory.
(table $table 1 funcref)
(func (export "decide") (param i32) (result i32)
  (loop $again
    (br_if $again (i32.ne (table.grow $table (ref.null func) (i32.const 1000)) (i32.const -1))))
  unreachable)
