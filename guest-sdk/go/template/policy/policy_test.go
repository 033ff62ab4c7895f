package main

import (
	"strings"
	"testing"

	"countersign"
	"countersign/countersigntest"
)

func changing(field string) *countersigntest.Case {
	return countersigntest.Overwrite(field, countersign.Text("a"), countersign.Text("b"))
}

func TestAWatchedFieldIsReviewed(t *testing.T) {
	verdict := countersigntest.Decide(t, policy, `{}`, changing("email"))
	if verdict.Outcome != countersign.OutcomeReview {
		t.Fatalf("the outcome is %v", verdict.Outcome)
	}
	want := countersign.Reason{Code: watchedField, Field: "email", Message: "The field is watched."}
	if len(verdict.Reasons) != 1 || verdict.Reasons[0] != want {
		t.Errorf("the reasons are %v", verdict.Reasons)
	}
}

func TestOtherFieldsAreApplied(t *testing.T) {
	verdict := countersigntest.Decide(t, policy, `{}`, changing("industry"))
	if verdict.Outcome != countersign.OutcomeApply {
		t.Errorf("the outcome is %v", verdict.Outcome)
	}
}

func TestFieldsCanBeWatchedByTheirTags(t *testing.T) {
	verdict := countersigntest.Decide(t, policy, `{"fields": ["#phone"]}`, changing("mobile").Tags("phone"))
	if verdict.Outcome != countersign.OutcomeReview {
		t.Errorf("the outcome is %v", verdict.Outcome)
	}
}

func TestWrongSettingsAreRefused(t *testing.T) {
	for settings, want := range map[string]string{
		`{"field": []}`:     "unknown key `field`",
		`{"fields": "a"}`:   "key `fields`: must be a list",
		`{"fields": ["#"]}`: "fields: an entry is blank",
	} {
		_, err := countersigntest.TryDecide(policy, settings, changing("email"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
