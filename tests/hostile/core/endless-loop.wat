;; Loops for ever in `decide`. Must be stopped by fuel.
(func (export "decide") (param i32) (result i32)
  (loop $again (br $again))
  unreachable)
