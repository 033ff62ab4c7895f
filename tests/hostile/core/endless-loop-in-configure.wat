;; Loops for ever in `configure`. Must be refused when it is set up.
(func (export "configure") (param i32 i32) (result i32)
  (loop $again (br $again))
  unreachable)
