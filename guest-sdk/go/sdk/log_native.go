//go:build !wasm

package countersign

import "os"

// Log keeps a line with the decision, for whoever reads it later. It costs fuel by length, and is cut at 4 KiB a call.
// Under go test it prints.
func Log(message string) {
	_, _ = os.Stdout.WriteString("log: " + message + "\n")
}
