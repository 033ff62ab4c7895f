package countersign

import "strings"

// Sensitivity is how much harm a wrong value in a field can do, from the deployment's catalogue of fields. A field
// that is in no catalogue is of high sensitivity.
type Sensitivity uint8

// The sensitivities.
const (
	SensitivityLow Sensitivity = iota
	SensitivityMedium
	SensitivityHigh
)

// Facts is what the host knows and the suggestion does not say. Parts that the module does not read are empty.
type Facts struct {
	Now      string       // the time of the decision, RFC 3339 in UTC; the only clock there is
	Fields   []FieldFact  // the changed fields if PartFieldFacts is read, and all that Reads.Fields matches
	Consents []Consent    // of the data subject
	Regimes  []string     // that the record is under: banking, health
	Segment  string       // that the record belongs to; empty if none
	History  []PastChange // earlier suggestions for the record within Reads.HistoryDays, oldest first
}

// FieldFact is what is known about one field of the record.
type FieldFact struct {
	Field       string // its name in the CRM
	Value       Value  // its value now
	Sensitivity Sensitivity
	Tags        []string // of the catalogue: email, phone, pii, payment, legal, privacy-flag
	Verified    bool     // whether somebody has verified the value
	SetBy       string   // who set the value: person:ana, import, assistant:acme; empty if nobody knows
}

// Consent is what the data subject has agreed to.
type Consent struct {
	Purpose string // enrichment, marketing, profiling
	State   string // granted, denied or revoked; treat every other word as not granted
	At      string // since when, RFC 3339; empty if nobody knows
}

// PastChange is an earlier suggestion for the same record.
type PastChange struct {
	Field    string
	At       string // when it was decided, RFC 3339
	By       string // who suggested it: vendor/model
	Prior    Value
	Proposed Value
	Fate     string // the outcome decided, or a later state such as corrected
}

// Field is what is known about a field; nil if it was not handed over.
func (f *Facts) Field(name string) *FieldFact {
	for i := range f.Fields {
		if f.Fields[i].Field == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// Matches says whether a field is meant by a list of names, #tags and *; by its name alone where nothing is known
// about it.
func (f *Facts) Matches(field string, patterns []string) bool {
	if fact := f.Field(field); fact != nil {
		return fact.Matches(patterns)
	}
	for _, pattern := range patterns {
		if pattern == field || pattern == "*" {
			return true
		}
	}
	return false
}

// HasTag says whether the field carries a tag of the catalogue.
func (f *FieldFact) HasTag(tag string) bool {
	for _, own := range f.Tags {
		if own == tag {
			return true
		}
	}
	return false
}

// Matches says whether the field is meant by a list of names, #tags and *.
func (f *FieldFact) Matches(patterns []string) bool {
	for _, pattern := range patterns {
		if tag, isTag := strings.CutPrefix(pattern, "#"); isTag {
			if f.HasTag(tag) {
				return true
			}
		} else if pattern == f.Field || pattern == "*" {
			return true
		}
	}
	return false
}

// SetByPerson says whether a person set the value.
func (f *FieldFact) SetByPerson() bool {
	return f.SetBy == "person" || strings.HasPrefix(f.SetBy, "person:")
}
