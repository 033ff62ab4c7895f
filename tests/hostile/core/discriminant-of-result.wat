;; Returns neither a verdict nor an error, but a third thing. Must be a fault of the output.
(data (i32.const 0x280) (i32 2))
