// The validator new-policy notices text that is all upper case.
package main

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"countersign"
)

// settings are documented in settings.schema.json.
type settings struct {
	MinLength int `json:"min-length"`
}

//go:embed settings.schema.json
var schema string

const shouting = "new-policy.shouting"

var validator = countersign.Validator[settings]{
	About: countersign.About{
		Name:    "new-policy",
		Version: "0.1.0",
		Summary: "Notices text that is all upper case",
		Codes: []countersign.Code{
			{Code: shouting, Meaning: "A proposed text is all upper case and longer than `min-length`."},
		},
		SettingsSchema: schema,
	},
	Defaults: settings{MinLength: 8},
	Reads:    reads,
	Validate: validate,
}

func init() { validator.Export() }

func main() {}

func reads(*settings) countersign.Reads {
	return countersign.Reads{Parts: countersign.PartChangedValues}
}

func validate(
	s *settings, suggestion *countersign.Suggestion, _ *countersign.Facts,
) ([]countersign.Finding, error) {
	var findings []countersign.Finding
	for _, change := range suggestion.Changes {
		if change.Proposed.Kind() == countersign.KindText && isShouting(change.Proposed.Text(), s.MinLength) {
			findings = append(findings, countersign.Finding{
				Code: shouting, Severity: countersign.SeverityLow, Field: change.Field,
				Message: "The text is all upper case.",
			})
		}
	}
	return findings, nil
}

func isShouting(text string, minLength int) bool {
	return utf8.RuneCountInString(text) > minLength && text == strings.ToUpper(text) && text != strings.ToLower(text)
}
