package countersigntest

import (
	"errors"
	"fmt"
	"testing"

	"countersign"
)

// ErrOutOfScope is the answer of a module that does not apply to the suggestion.
var ErrOutOfScope = errors.New("the module does not apply to the suggestion")

// Decide configures a policy with JSON settings and calls it, given what validators found. The test fails if there is no
// verdict.
func Decide[S any](
	t testing.TB, policy countersign.Policy[S], settings string, given *Case, findings ...countersign.Finding,
) countersign.Verdict {
	t.Helper()
	verdict, err := TryDecide(policy, settings, given, findings...)
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

// TryDecide does what Decide does, and says why there is no verdict.
func TryDecide[S any](
	policy countersign.Policy[S], settings string, given *Case, findings ...countersign.Finding,
) (countersign.Verdict, error) {
	configured, err := policy.Configure(settings)
	if err != nil {
		return countersign.Verdict{}, fmt.Errorf("the settings are refused: %w", err)
	}
	handed, err := hand(configured.Description, given)
	if err != nil {
		return countersign.Verdict{}, err
	}
	verdict, err := configured.Decide(&handed.Suggestion, &handed.Facts, findings)
	if err != nil {
		return countersign.Verdict{}, fmt.Errorf("the module cannot judge the suggestion: %w", err)
	}
	for _, reason := range verdict.Reasons {
		if err := known(configured.Description, reason.Code); err != nil {
			return countersign.Verdict{}, err
		}
	}
	return countersign.BoundVerdict(verdict), nil
}

// Validate configures a validator with JSON settings and calls it. The test fails if it cannot judge.
func Validate[S any](
	t testing.TB, validator countersign.Validator[S], settings string, given *Case,
) []countersign.Finding {
	t.Helper()
	findings, err := TryValidate(validator, settings, given)
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// TryValidate does what Validate does, and says why there is no answer.
func TryValidate[S any](
	validator countersign.Validator[S], settings string, given *Case,
) ([]countersign.Finding, error) {
	configured, err := validator.Configure(settings)
	if err != nil {
		return nil, fmt.Errorf("the settings are refused: %w", err)
	}
	handed, err := hand(configured.Description, given)
	if err != nil {
		return nil, err
	}
	findings, err := configured.Validate(&handed.Suggestion, &handed.Facts)
	if err != nil {
		return nil, fmt.Errorf("the module cannot judge the suggestion: %w", err)
	}
	for _, finding := range findings {
		if err := known(configured.Description, finding.Code); err != nil {
			return nil, err
		}
	}
	return countersign.BoundFindings(findings), nil
}

func known(description countersign.Description, code string) error {
	for _, known := range description.Codes {
		if known.Code == code {
			return nil
		}
	}
	return fmt.Errorf("the code %q is not in the module's About.Codes", code)
}
