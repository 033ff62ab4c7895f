;; Has a table of ten million elements from the start. Must be refused when it is set up.
(table 10000000 funcref)
