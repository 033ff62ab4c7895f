;; Returns a verdict that begins inside its memory and ends outside. Must be a fault of the output.
(func (export "decide") (param i32) (result i32) (i32.const 0x1fff8))
