package main

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"countersign"
	"countersign/countersigntest"
)

func overwriting() *countersigntest.Case {
	return countersigntest.Overwrite("industry", countersign.Text("Retail"), countersign.Text("Software"))
}

func checkCodes(t *testing.T, settings string, given *countersigntest.Case, want ...string) {
	t.Helper()
	var codes []string
	for _, reason := range countersigntest.Decide(t, policy, settings, given).Reasons {
		codes = append(codes, reason.Code)
	}
	if fmt.Sprint(codes) != fmt.Sprint(want) {
		t.Errorf("%s: the codes are %v, not %v", settings, codes, want)
	}
}

func TestTheDefaultThresholdIsInclusive(t *testing.T) {
	checkCodes(t, `{}`, overwriting().Confidence(0.95))
	checkCodes(t, `{}`, overwriting().Confidence(0.9499), belowThreshold)
}

func TestWhatIsNoConfidenceIsNotConfident(t *testing.T) {
	for _, nonsense := range []float64{math.NaN(), math.Inf(1), 1.5, -0.1} {
		checkCodes(t, `{}`, overwriting().Confidence(nonsense), missing)
	}
	checkCodes(t, `{}`, overwriting().With(func(s *countersign.Suggestion, _ *countersign.Facts) {
		s.Confidence = nil
	}), missing)
}

func TestAChangeWithItsOwnConfidenceIsJudgedByIt(t *testing.T) {
	low := 0.5
	given := overwriting().Change("city", countersign.Text("Bern"), countersign.Text("Basel"))
	given.Suggestion.Changes[1].Confidence = &low
	reasons := countersigntest.Decide(t, policy, `{}`, given).Reasons
	if len(reasons) != 1 || reasons[0].Field != "city" {
		t.Errorf("the reasons are %v", reasons)
	}
}

func TestThresholdsByFieldObjectSegmentAndAssistant(t *testing.T) {
	for key, name := range map[string]string{
		"fields": "industry", "objects": "contact", "segments": "saas", "assistants": "acme/enricher",
	} {
		given := overwriting().Confidence(0.97).With(func(_ *countersign.Suggestion, f *countersign.Facts) {
			f.Segment = "saas"
		})
		checkCodes(t, fmt.Sprintf(`{"%s": {"%s": 0.99}}`, key, name), given, belowThreshold)
	}
	checkCodes(t, `{"assistants": {"acme": 0.9}}`, overwriting().Confidence(0.91))
}

func TestWrongSettingsAreRefused(t *testing.T) {
	for settings, want := range map[string]string{
		`{"threshold": 95}`:                      "threshold: 95 is no confidence from 0 to 1",
		`{"fields": {"b": 2, "a": -0.1}}`:        "a: -0.1 is no confidence from 0 to 1",
		`{"treshold": 0.9}`:                      "unknown key `treshold`",
		`{"segments": {"saas": null}}`:           "key `segments.saas`: must be a number, and is null",
		`{"threshold": 0.9, "threshold": 0.95}`:  "key `threshold`: stands here twice",
		`{"objects": {"contact": "high"}} `:      "key `objects.contact`: must be a number, and is text",
		`{"assistants": {"acme": 0.9}, "x": {}}`: "unknown key `x`",
	} {
		_, err := countersigntest.TryDecide(policy, settings, overwriting())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
