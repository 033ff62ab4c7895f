;; Makes handles of a resource of its own until there are no more. Its own, because nothing but `log` can be
;; imported; `handles.wit` declares it. Must be a fault of memory.
(import "[export]test:handles/things" "[resource-new]thing" (func $new (param i32) (result i32)))
(func (export "test:handles/things#[constructor]thing") (result i32) (call $new (i32.const 0)))
(func (export "decide") (param i32) (result i32)
  (loop $again
    (drop (call $new (i32.const 0)))
    (br $again))
  unreachable)
