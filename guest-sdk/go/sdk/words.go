package countersign

import (
	"errors"
	"strings"
)

// The words of the interface, as they stand in settings and files, in the order of their constants.
var (
	operationWords   = []string{"append", "enrich", "overwrite", "clear", "merge", "delete", "summarize", "act"}
	sensitivityWords = []string{"low", "medium", "high"}
	severityWords    = []string{"info", "low", "medium", "high", "critical"}
	outcomeWords     = []string{"apply", "review", "human-only", "reject"}
)

// String is the operation as it stands in files.
func (o Operation) String() string { return operationWords[o] }

// String is the sensitivity as it stands in files.
func (s Sensitivity) String() string { return sensitivityWords[s] }

// String is the severity as it stands in files.
func (s Severity) String() string { return severityWords[s] }

// String is the outcome as it stands in files.
func (o Outcome) String() string { return outcomeWords[o] }

// UnmarshalText reads an operation from settings.
func (o *Operation) UnmarshalText(word []byte) error { return unmarshal(o, word, operationWords) }

// UnmarshalText reads a sensitivity from settings.
func (s *Sensitivity) UnmarshalText(word []byte) error { return unmarshal(s, word, sensitivityWords) }

// UnmarshalText reads a severity from settings.
func (s *Severity) UnmarshalText(word []byte) error { return unmarshal(s, word, severityWords) }

// UnmarshalText reads an outcome from settings.
func (o *Outcome) UnmarshalText(word []byte) error { return unmarshal(o, word, outcomeWords) }

func unmarshal[T ~uint8](into *T, word []byte, words []string) error {
	for i, known := range words {
		if known == string(word) {
			*into = T(i)
			return nil
		}
	}
	return errors.New("`" + string(word) + "` is none of " + strings.Join(words, ", "))
}
