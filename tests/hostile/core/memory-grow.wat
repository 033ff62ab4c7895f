;; Asks for memory, page by page, until there is no more, and traps. Must be a fault of memory.
(func (export "decide") (param i32) (result i32)
  (loop $again
    (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  unreachable)
