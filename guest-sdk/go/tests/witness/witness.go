// The policy witness logs all that it is given, and answers with all that an answer may have. The one in C does the same
// by generated bindings: what both log and answer alike, Go's layout of the interface has right.
package main

import (
	"strconv"
	"strings"

	"countersign"
)

const seen = "witness.seen"

type settings struct{}

var policy = countersign.Policy[settings]{
	About: countersign.About{
		Name:           "witness",
		Version:        "1.0.0",
		Summary:        "Logs all that it is given",
		Codes:          []countersign.Code{{Code: seen, Meaning: "It was given something."}},
		SettingsSchema: `{"type":"object","additionalProperties":false}`,
	},
	AppliesTo: appliesTo,
	Reads:     reads,
	Decide:    decide,
}

func init() { policy.Export() }

func main() {}

func appliesTo(*settings) countersign.Scope {
	var all []countersign.Operation
	for operation := countersign.OperationAppend; operation <= countersign.OperationAct; operation++ {
		all = append(all, operation)
	}
	return countersign.Scope{Operations: all, Objects: []string{"contact", "account"}, Fields: []string{"*", "#pii"}}
}

func reads(*settings) countersign.Reads {
	return countersign.Reads{Parts: countersign.PartSegment<<1 - 1, Fields: []string{"*", "#pii"}, HistoryDays: 1000}
}

// record is what has been seen so far, one word after the other.
type record struct{ strings.Builder }

func (r *record) text(text string) { r.WriteString(text + "|") }

func (r *record) count(count int) { r.text(strconv.Itoa(count)) }

func (r *record) flag(set bool) { r.text(strconv.FormatBool(set)) }

func (r *record) number(number *float64) {
	if number == nil {
		r.text("none")
	} else {
		r.text(countersign.FormatFloat(*number))
	}
}

func (r *record) texts(texts []string) {
	r.count(len(texts))
	for _, text := range texts {
		r.text(text)
	}
}

func (r *record) value(value countersign.Value) {
	r.count(int(value.Kind()))
	switch value.Kind() {
	case countersign.KindBoolean:
		r.flag(value.Boolean())
	case countersign.KindNumber, countersign.KindText:
		r.text(value.Text())
	case countersign.KindChoices:
		r.texts(value.Choices())
	}
}

func (r *record) ref(ref countersign.RecordRef) { r.texts([]string{ref.System, ref.Object, ref.ID}) }

func (r *record) suggestion(s *countersign.Suggestion) {
	r.text(s.ID)
	r.ref(s.Target)
	r.count(int(s.Operation))
	r.count(len(s.Changes))
	for _, change := range s.Changes {
		r.text(change.Field)
		r.value(change.Prior)
		r.value(change.Proposed)
		r.number(change.Confidence)
	}
	r.count(len(s.MergeWith))
	for _, other := range s.MergeWith {
		r.ref(other)
	}
	r.texts([]string{s.Assistant.Vendor, s.Assistant.Model, s.Assistant.Version})
	r.number(s.Confidence)
	r.count(len(s.Evidence))
	for _, e := range s.Evidence {
		r.texts([]string{e.URI, e.Kind, e.Excerpt, e.RetrievedAt, e.SHA256})
	}
	r.text(s.Rationale)
}

func (r *record) facts(f *countersign.Facts) {
	r.text(f.Now)
	r.count(len(f.Fields))
	for _, fact := range f.Fields {
		r.text(fact.Field)
		r.value(fact.Value)
		r.count(int(fact.Sensitivity))
		r.texts(fact.Tags)
		r.flag(fact.Verified)
		r.text(fact.SetBy)
	}
	r.count(len(f.Consents))
	for _, consent := range f.Consents {
		r.texts([]string{consent.Purpose, consent.State, consent.At})
	}
	r.texts(f.Regimes)
	r.text(f.Segment)
	r.count(len(f.History))
	for _, past := range f.History {
		r.texts([]string{past.Field, past.At, past.By})
		r.value(past.Prior)
		r.value(past.Proposed)
		r.text(past.Fate)
	}
}

func decide(
	_ *settings, s *countersign.Suggestion, f *countersign.Facts, findings []countersign.Finding,
) (countersign.Verdict, error) {
	var record record
	record.suggestion(s)
	record.facts(f)
	record.count(len(findings))
	for _, finding := range findings {
		record.texts([]string{finding.Code, finding.Field, finding.Message})
		record.count(int(finding.Severity))
	}
	countersign.Log(record.String())
	if s.Operation == countersign.OperationAct {
		return countersign.Verdict{}, declined(s.ID)
	}
	verdict := countersign.Verdict{Outcome: countersign.Outcome(len(s.Changes) % 4)}
	verdict.Reasons = append(verdict.Reasons, countersign.Reason{Code: seen, Message: f.Now})
	for _, change := range s.Changes {
		verdict.Reasons = append(verdict.Reasons, countersign.Reason{Code: seen, Field: change.Field, Message: "Seen: é."})
	}
	if len(s.Changes)%2 == 1 {
		verdict.Review = &countersign.ReviewNeeds{Role: s.Assistant.Vendor, Approvals: 3, Priority: 7}
		if len(s.Evidence) > 0 {
			hours := uint32(len(s.ID))
			verdict.Review.WithinHours = &hours
		}
	}
	return verdict, nil
}

type declined string

func (d declined) Error() string { return "cannot judge " + string(d) }
