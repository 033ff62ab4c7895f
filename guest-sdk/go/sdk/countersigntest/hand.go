package countersigntest

import (
	"slices"
	"time"

	"countersign"
)

// hand is what the host hands to a module: nothing if it does not apply, and else what it reads and no more, so that a
// test cannot rely on more than production gives. The case stays as it is.
func hand(module countersign.Description, whole *Case) (*Case, error) {
	if !inScope(module.AppliesTo, whole) {
		return nil, ErrOutOfScope
	}
	view := view{module.Reads, whole}
	return &Case{Suggestion: view.suggestion(), Facts: view.facts()}, nil
}

func inScope(scope countersign.Scope, whole *Case) bool {
	suggestion := &whole.Suggestion
	return (len(scope.Operations) == 0 || slices.Contains(scope.Operations, suggestion.Operation)) &&
		(len(scope.Objects) == 0 || slices.Contains(scope.Objects, suggestion.Target.Object)) &&
		(len(scope.Fields) == 0 || len(suggestion.Changes) == 0 ||
			slices.ContainsFunc(suggestion.Changes, func(change countersign.Change) bool {
				return whole.Facts.Matches(change.Field, scope.Fields)
			}))
}

// view is a case as a module that reads this sees it.
type view struct {
	reads countersign.Reads
	whole *Case
}

func (v view) has(part countersign.Parts) bool { return v.reads.Parts&part != 0 }

func (v view) declared(field string) bool { return v.whole.Facts.Matches(field, v.reads.Fields) }

func (v view) changed(field string) bool {
	return slices.ContainsFunc(v.whole.Suggestion.Changes, func(change countersign.Change) bool {
		return change.Field == field
	})
}

func (v view) value(field string, value countersign.Value) countersign.Value {
	if v.declared(field) || v.has(countersign.PartChangedValues) && v.changed(field) {
		return value
	}
	return countersign.Withheld()
}

func (v view) suggestion() countersign.Suggestion {
	suggestion := v.whole.Suggestion
	suggestion.Changes = slices.Clone(suggestion.Changes)
	for i := range suggestion.Changes {
		change := &suggestion.Changes[i]
		change.Prior, change.Proposed = v.value(change.Field, change.Prior), v.value(change.Field, change.Proposed)
	}
	suggestion.Evidence = slices.Clone(suggestion.Evidence)
	if !v.has(countersign.PartEvidence | countersign.PartExcerpts) {
		suggestion.Evidence = nil
	}
	if !v.has(countersign.PartExcerpts) {
		for i := range suggestion.Evidence {
			suggestion.Evidence[i].Excerpt = ""
		}
	}
	if !v.has(countersign.PartRationale) {
		suggestion.Rationale = ""
	}
	if !v.has(countersign.PartAssistant) {
		suggestion.Assistant = countersign.Assistant{}
	}
	return suggestion
}

func (v view) facts() countersign.Facts {
	facts := v.whole.Facts
	facts.Fields = nil
	for _, fact := range v.whole.Facts.Fields {
		if v.declared(fact.Field) || v.has(countersign.PartFieldFacts) && v.changed(fact.Field) {
			fact.Value = v.value(fact.Field, fact.Value)
			facts.Fields = append(facts.Fields, fact)
		}
	}
	if !v.has(countersign.PartConsents) {
		facts.Consents = nil
	}
	if !v.has(countersign.PartRegimes) {
		facts.Regimes = nil
	}
	if !v.has(countersign.PartSegment) {
		facts.Segment = ""
	}
	facts.History = nil
	for _, past := range v.whole.Facts.History {
		if v.recent(past.At) {
			past.Prior, past.Proposed = v.value(past.Field, past.Prior), v.value(past.Field, past.Proposed)
			facts.History = append(facts.History, past)
		}
	}
	return facts
}

// recent says whether a time lies within the days of history that are read.
func (v view) recent(at string) bool {
	now, err := time.Parse(time.RFC3339, v.whole.Facts.Now)
	if err != nil || v.reads.HistoryDays == 0 {
		return false
	}
	then, err := time.Parse(time.RFC3339, at)
	return err == nil && now.Sub(then) <= time.Duration(v.reads.HistoryDays)*24*time.Hour
}
