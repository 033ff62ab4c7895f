;; Describes its settings in what is no JSON. Must be refused.
(data (i32.const 0x150) "{{")
