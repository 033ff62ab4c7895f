// The policy confidence asks for review where the assistant is not confident enough.
package main

import (
	_ "embed"
	"errors"
	"maps"
	"slices"

	"countersign"
)

// settings are how confident an assistant must be before its suggestion is applied without a person.
type settings struct {
	Threshold  float64            `json:"threshold"`
	Fields     map[string]float64 `json:"fields"`
	Objects    map[string]float64 `json:"objects"`
	Segments   map[string]float64 `json:"segments"`
	Assistants map[string]float64 `json:"assistants"`
}

//go:embed settings.schema.json
var schema string

var policy = countersign.Policy[settings]{
	About: countersign.About{
		Name:    "confidence",
		Version: "1.0.0",
		Summary: "Asks for review where the assistant is not confident enough",
		Codes: []countersign.Code{
			{Code: belowThreshold, Meaning: "The confidence is below the threshold that applies."},
			{Code: missing, Meaning: "The assistant gives no confidence, or one that is no number from 0 to 1."},
		},
		SettingsSchema: schema,
	},
	Defaults: settings{Threshold: 0.95},
	Prepare:  (*settings).check,
	Reads:    (*settings).reads,
	Decide:   (*settings).decide,
}

const (
	belowThreshold = "confidence.below-threshold"
	missing        = "confidence.missing"
)

func init() { policy.Export() }

func main() {}

// check refuses a threshold that no confidence could be compared with.
func (s *settings) check() error {
	if err := checkThreshold("threshold", s.Threshold); err != nil {
		return err
	}
	for _, named := range []map[string]float64{s.Fields, s.Objects, s.Segments, s.Assistants} {
		for _, name := range slices.Sorted(maps.Keys(named)) {
			if err := checkThreshold(name, named[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkThreshold(name string, at float64) error {
	if isConfidence(at) {
		return nil
	}
	return errors.New(name + ": " + countersign.FormatFloat(at) + " is no confidence from 0 to 1")
}

// isConfidence is false for what is no number too.
func isConfidence(number float64) bool { return 0 <= number && number <= 1 }

func (s *settings) reads() countersign.Reads {
	var reads countersign.Reads
	if len(s.Assistants) > 0 {
		reads.Parts |= countersign.PartAssistant
	}
	if len(s.Segments) > 0 {
		reads.Parts |= countersign.PartSegment
	}
	return reads
}

// base is what applies to the whole suggestion: the highest of the thresholds that are set for its kind of record,
// segment and assistant, or else the general one.
func (s *settings) base(suggestion *countersign.Suggestion, facts *countersign.Facts) float64 {
	highest, found := s.Objects[suggestion.Target.Object]
	if at, ok := s.Segments[facts.Segment]; ok && facts.Segment != "" {
		highest, found = max(highest, at), true
	}
	if at, ok := s.assistant(&suggestion.Assistant); ok {
		highest, found = max(highest, at), true
	}
	if !found {
		return s.Threshold
	}
	return highest
}

func (s *settings) assistant(assistant *countersign.Assistant) (threshold float64, found bool) {
	if len(s.Assistants) == 0 {
		return 0, false
	}
	if threshold, found = s.Assistants[assistant.Vendor+"/"+assistant.Model]; !found {
		threshold, found = s.Assistants[assistant.Vendor]
	}
	return threshold, found
}

func (s *settings) decide(
	suggestion *countersign.Suggestion, facts *countersign.Facts, _ []countersign.Finding,
) (countersign.Verdict, error) {
	base := s.base(suggestion, facts)
	var objections countersign.Objections
	if len(suggestion.Changes) == 0 {
		judge(&objections, suggestion.Confidence, base, "")
	}
	for i := range suggestion.Changes {
		change := &suggestion.Changes[i]
		threshold, ok := s.Fields[change.Field]
		if !ok {
			threshold = base
		}
		confidence := change.Confidence
		if confidence == nil {
			confidence = suggestion.Confidence
		}
		judge(&objections, confidence, threshold, change.Field)
	}
	return objections.Verdict(), nil
}

// judge objects to a confidence that is missing or too low.
func judge(objections *countersign.Objections, confidence *float64, threshold float64, field string) {
	reason := countersign.Reason{Field: field}
	switch {
	case confidence == nil || !isConfidence(*confidence):
		reason.Code, reason.Message = missing, "The assistant gives no usable confidence."
	case *confidence < threshold:
		reason.Code = belowThreshold
		reason.Message = "Confidence " + countersign.FormatFloat(*confidence) +
			" is below the threshold of " + countersign.FormatFloat(threshold) + "."
	default:
		return
	}
	objections.Add(countersign.OutcomeReview, reason)
}
