// Package countersigntest tests modules natively, under plain go test: it builds suggestions, and calls a module as the
// host does, only where it applies and with nothing but what it reads.
package countersigntest

import (
	"slices"

	"countersign"
)

// Case is a suggestion with its facts.
type Case struct {
	Suggestion countersign.Suggestion
	Facts      countersign.Facts
}

// New is a suggestion of this operation that changes nothing yet, and that nobody would object to: contact 101,
// confidence 0.99, one source with a digest that was read an hour ago, consent given to enrichment; the time is
// 2026-11-20T09:00:00Z.
func New(operation countersign.Operation) *Case {
	confidence := 0.99
	return &Case{
		Suggestion: countersign.Suggestion{
			ID:         "s-1",
			Target:     countersign.RecordRef{System: "hubspot", Object: "contact", ID: "101"},
			Operation:  operation,
			Assistant:  countersign.Assistant{Vendor: "acme", Model: "enricher", Version: "2.1"},
			Confidence: &confidence,
			Evidence: []countersign.Evidence{{
				URI:         "https://example.com/about",
				Kind:        "web-page",
				Excerpt:     "We build software.",
				RetrievedAt: "2026-11-20T08:00:00Z",
				SHA256:      "5af08ecc64b773b71b6ccb16df7046a3f4bb428c63822c25835f629ca2a962e3",
			}},
			Rationale: "The company's own site says so.",
		},
		Facts: countersign.Facts{
			Now: "2026-11-20T09:00:00Z",
			Consents: []countersign.Consent{
				{Purpose: "enrichment", State: "granted", At: "2025-03-01T00:00:00Z"},
			},
		},
	}
}

// Overwrite replaces a field's value.
func Overwrite(field string, prior, proposed countersign.Value) *Case {
	return New(countersign.OperationOverwrite).Change(field, prior, proposed)
}

// Enrich fills an empty field.
func Enrich(field string, proposed countersign.Value) *Case {
	return New(countersign.OperationEnrich).Change(field, countersign.Value{}, proposed)
}

// Change changes one more field; the record's field gets the prior value.
func (c *Case) Change(field string, prior, proposed countersign.Value) *Case {
	c.Suggestion.Changes = append(c.Suggestion.Changes, countersign.Change{Field: field, Prior: prior, Proposed: proposed})
	return c.Field(field, prior)
}

// Field sets the record's value of a field; of low sensitivity, not verified, set by an import.
func (c *Case) Field(field string, value countersign.Value) *Case {
	c.Facts.Fields = slices.DeleteFunc(c.Facts.Fields, func(fact countersign.FieldFact) bool { return fact.Field == field })
	c.Facts.Fields = append(c.Facts.Fields, countersign.FieldFact{
		Field: field, Value: value, Sensitivity: countersign.SensitivityLow, SetBy: "import",
	})
	return c
}

// Tags gives the field named last these tags of the catalogue.
func (c *Case) Tags(tags ...string) *Case {
	c.Facts.Fields[len(c.Facts.Fields)-1].Tags = tags
	return c
}

// Confidence sets the confidence in the whole.
func (c *Case) Confidence(confidence float64) *Case {
	c.Suggestion.Confidence = &confidence
	return c
}

// With changes anything else.
func (c *Case) With(change func(*countersign.Suggestion, *countersign.Facts)) *Case {
	change(&c.Suggestion, &c.Facts)
	return c
}
