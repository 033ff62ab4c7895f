// The policy new-policy asks for review where a watched field is changed.
package main

import (
	_ "embed"

	"countersign"
)

// settings are documented in settings.schema.json.
type settings struct {
	Fields []string `json:"fields"`
}

//go:embed settings.schema.json
var schema string

const watchedField = "new-policy.watched-field"

var policy = countersign.Policy[settings]{
	About: countersign.About{
		Name:    "new-policy",
		Version: "0.1.0",
		Summary: "Asks for review where a watched field is changed",
		Codes: []countersign.Code{
			{Code: watchedField, Meaning: "A changed field is one of those in the setting `fields`."},
		},
		SettingsSchema: schema,
	},
	Defaults: settings{Fields: []string{"email"}},
	Prepare:  prepare,
	Reads:    reads,
	Decide:   decide,
}

func init() { policy.Export() }

func main() {}

func prepare(s *settings) error { return countersign.CheckFields("fields", s.Fields) }

func reads(*settings) countersign.Reads {
	// Matches needs the tags of the changed fields.
	return countersign.Reads{Parts: countersign.PartFieldFacts}
}

func decide(
	s *settings, suggestion *countersign.Suggestion, facts *countersign.Facts, _ []countersign.Finding,
) (countersign.Verdict, error) {
	var objections countersign.Objections
	for _, change := range suggestion.Changes {
		if facts.Matches(change.Field, s.Fields) {
			objections.Add(countersign.OutcomeReview, countersign.Reason{
				Code: watchedField, Field: change.Field, Message: "The field is watched.",
			})
		}
	}
	return objections.Verdict(), nil
}
