package countersign

// Log keeps a line with the decision, for whoever reads it later. It costs fuel by length, and is cut at 4 KiB a call.
func Log(message string) { writeLog(message) }

//go:wasmimport countersign:policy/log@1.0.0 write
func writeLog(message string)
