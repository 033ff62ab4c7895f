package tests

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"countersign"
	"countersign/countersigntest"
)

func TestTheStrictestReasonGivesTheOutcome(t *testing.T) {
	var objections countersign.Objections
	objections.Add(countersign.OutcomeApply, countersign.Reason{Code: "a.fine"})
	if !objections.IsEmpty() || objections.Verdict().Outcome != countersign.OutcomeApply {
		t.Error("what is applied needs no reason")
	}
	objections.Add(countersign.OutcomeReject, countersign.Reason{Code: "a.bad"})
	objections.Add(countersign.OutcomeReview, countersign.Reason{Code: "a.odd"})
	verdict := objections.Verdict()
	if verdict.Outcome != countersign.OutcomeReject || len(verdict.Reasons) != 2 || verdict.Reasons[0].Code != "a.bad" {
		t.Errorf("%+v", verdict)
	}
}

func TestOfManyObjectionsTheStrictestAreKept(t *testing.T) {
	var objections countersign.Objections
	for n := range 40 {
		outcome := countersign.OutcomeReview
		if n == 39 {
			outcome = countersign.OutcomeReject
		}
		objections.Add(outcome, countersign.Reason{Code: "a.b", Message: strconv.Itoa(n)})
	}
	verdict := objections.Verdict()
	if verdict.Outcome != countersign.OutcomeReject || len(verdict.Reasons) != 32 ||
		verdict.Reasons[0].Message != "39" || verdict.Reasons[1].Message != "0" {
		t.Errorf("%+v", verdict)
	}
}

func TestTheMostSeriousFindingsAreKeptAndMadeShort(t *testing.T) {
	var findings []countersign.Finding
	for range 70 {
		findings = append(findings, countersign.Finding{
			Code: "a.b", Severity: countersign.SeverityLow,
			Field: strings.Repeat("x", 257), Message: "x" + strings.Repeat("é", 9000),
		})
	}
	findings = append(findings, countersign.Finding{Code: "a.c", Severity: countersign.SeverityHigh, Message: "This."})
	kept := countersign.BoundFindings(findings)
	short := "x" + strings.Repeat("é", 255) + "…"
	if len(kept) != 64 || kept[0].Code != "a.c" || kept[1].Field != "" || kept[1].Message != short {
		t.Errorf("%d: %+v", len(kept), kept[:2])
	}
}

type none struct{}

// A module that says what it was given.
func witness(
	scope countersign.Scope, reads countersign.Reads, see func(*countersign.Suggestion, *countersign.Facts),
) countersign.Validator[none] {
	return countersign.Validator[none]{
		AppliesTo: func(*none) countersign.Scope { return scope },
		Reads:     func(*none) countersign.Reads { return reads },
		Validate: func(_ *none, s *countersign.Suggestion, f *countersign.Facts) ([]countersign.Finding, error) {
			see(s, f)
			return nil, nil
		},
	}
}

func given() *countersigntest.Case {
	return countersigntest.Overwrite("mail", countersign.Text("a"), countersign.Text("b")).
		Tags("email").
		Field("city", countersign.Text("Bern")).
		With(func(_ *countersign.Suggestion, f *countersign.Facts) {
			f.Segment, f.Regimes = "saas", []string{"banking"}
			f.History = []countersign.PastChange{
				{Field: "mail", At: "2026-11-19T09:00:00Z", Prior: countersign.Text("z"), Proposed: countersign.Text("a")},
				{Field: "mail", At: "2026-11-01T09:00:00Z"},
			}
		})
}

func TestAModuleSeesNothingThatItDoesNotRead(t *testing.T) {
	see := func(s *countersign.Suggestion, f *countersign.Facts) {
		if s.ID == "" || s.Changes[0].Field != "mail" || s.Confidence == nil {
			t.Error("what is always given is not")
		}
		if s.Changes[0].Proposed.Kind() != countersign.KindWithheld || len(s.Evidence) > 0 || s.Rationale != "" ||
			s.Assistant.Vendor != "" || len(f.Fields) > 0 || len(f.Consents) > 0 || len(f.Regimes) > 0 ||
			f.Segment != "" || len(f.History) > 0 {
			t.Errorf("%+v, %+v", s, f)
		}
	}
	countersigntest.Validate(t, witness(countersign.Scope{}, countersign.Reads{}, see), `{}`, given())
}

func TestAModuleSeesWhatItReads(t *testing.T) {
	see := func(s *countersign.Suggestion, f *countersign.Facts) {
		if s.Changes[0].Proposed.Text() != "b" || len(s.Evidence) != 1 || s.Evidence[0].Excerpt != "" ||
			len(f.Fields) != 1 || f.Fields[0].Value.Text() != "a" || f.Segment != "saas" || len(f.History) != 1 ||
			f.History[0].Prior.Text() != "z" {
			t.Errorf("%+v, %+v", s, f)
		}
	}
	countersigntest.Validate(t, witness(countersign.Scope{Fields: []string{"#email"}}, countersign.Reads{
		Parts: countersign.PartEvidence | countersign.PartSegment, Fields: []string{"#email"}, HistoryDays: 2,
	}, see), `{}`, given())
}

func TestAModuleIsNotCalledWhereItDoesNotApply(t *testing.T) {
	for _, scope := range []countersign.Scope{
		{Operations: []countersign.Operation{countersign.OperationMerge}},
		{Objects: []string{"account"}},
		{Fields: []string{"#phone", "city"}},
	} {
		_, err := countersigntest.TryValidate(witness(scope, countersign.Reads{}, nil), `{}`, given())
		if !errors.Is(err, countersigntest.ErrOutOfScope) {
			t.Errorf("%+v: %v", scope, err)
		}
	}
}

func TestACodeThatIsNotDeclaredFailsTheTest(t *testing.T) {
	policy := countersign.Policy[none]{
		Decide: func(
			*none, *countersign.Suggestion, *countersign.Facts, []countersign.Finding,
		) (countersign.Verdict, error) {
			return countersign.ReviewBecause(countersign.Reason{Code: "a.stray"}), nil
		},
	}
	if _, err := countersigntest.TryDecide(policy, `{}`, given()); err == nil || !strings.Contains(err.Error(), "a.stray") {
		t.Errorf("%v", err)
	}
}

func TestValuesAreWrittenForPeople(t *testing.T) {
	for want, value := range map[string]countersign.Value{
		"": {}, "yes": countersign.Boolean(true), "no": countersign.Boolean(false), "12.50": countersign.Number("12.50"),
		"a; b": countersign.Choices("a", "b"),
	} {
		if value.String() != want {
			t.Errorf("%s, not %s", value, want)
		}
	}
	if countersign.Withheld().IsEmpty() || !countersign.Text(" ").IsEmpty() || !countersign.Choices().IsEmpty() {
		t.Error("what is empty and what is withheld are mixed up")
	}
}
