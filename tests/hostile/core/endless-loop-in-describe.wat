;; Loops for ever in `describe`. Must be refused when it is set up.
(func (export "describe") (result i32)
  (loop $again (br $again))
  unreachable)
