;; Loops for ever in the core start function, before any call. Must be refused when it is set up.
(func $spin (loop $again (br $again)))
(start $spin)
