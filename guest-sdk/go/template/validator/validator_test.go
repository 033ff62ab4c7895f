package main

import (
	"strings"
	"testing"

	"countersign"
	"countersign/countersigntest"
)

func proposing(value countersign.Value) *countersigntest.Case {
	return countersigntest.Enrich("company", value)
}

func TestTextThatIsAllUpperCaseIsNoticed(t *testing.T) {
	findings := countersigntest.Validate(t, validator, `{}`, proposing(countersign.Text("ACME SOFTWARE")))
	if len(findings) != 1 {
		t.Fatalf("the findings are %v", findings)
	}
	found := findings[0]
	if found.Code != shouting || found.Field != "company" || found.Severity != countersign.SeverityLow {
		t.Errorf("the finding is %v", found)
	}
}

func TestShortMixedAndCaselessTextIsNot(t *testing.T) {
	for _, quiet := range []countersign.Value{
		{}, countersign.Text("IBM"), countersign.Text("Acme Software"), countersign.Text("1234567890"),
		countersign.Number("1234567890"),
	} {
		if findings := countersigntest.Validate(t, validator, `{}`, proposing(quiet)); len(findings) > 0 {
			t.Errorf("%q: the findings are %v", quiet, findings)
		}
	}
}

func TestTheLengthIsASetting(t *testing.T) {
	given := proposing(countersign.Text("IBM"))
	if findings := countersigntest.Validate(t, validator, `{"min-length": 2}`, given); len(findings) != 1 {
		t.Errorf("the findings are %v", findings)
	}
	_, err := countersigntest.TryValidate(validator, `{"min-length": "2"}`, given)
	if err == nil || !strings.Contains(err.Error(), "key `min-length`: must be a number") {
		t.Errorf("the error is %v", err)
	}
}
