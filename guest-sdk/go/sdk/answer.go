package countersign

// Severity is how serious a finding is.
type Severity uint8

// The severities.
const (
	SeverityInfo Severity = iota
	SeverityLow
	SeverityMedium
	SeverityHigh
	SeverityCritical
)

// Outcome is what may happen to a suggestion. The strictest outcome of a set of policies wins, and a greater one is
// stricter.
type Outcome uint8

// The outcomes.
const (
	OutcomeApply     Outcome = iota // applied without a person, and logged
	OutcomeReview                   // waits for one-click approval
	OutcomeHumanOnly                // shown to people, but no click applies it
	OutcomeReject                   // ended
)

// Finding is something that a validator noticed.
type Finding struct {
	Code     string // <module>.<what>, one of About.Codes
	Severity Severity
	Field    string // that it is about; empty if it is about none
	Message  string // one sentence for people, that repeats no more of the value than needed
}

// Reason is why a policy says what it says.
type Reason struct {
	Code    string // <module>.<what>, one of About.Codes
	Field   string // that it is about; empty if it is about none
	Message string // one sentence for people
}

// ReviewNeeds is what a review must look like.
type ReviewNeeds struct {
	Role        string  // that may approve; empty: any reviewer
	Approvals   uint8   // how many people must approve; 0 counts as 1
	Priority    uint8   // from 0 (whenever) to 9 (now)
	WithinHours *uint32 // within how many hours it must be decided; nil: no limit
}

// DefaultReviewNeeds is one approval by any reviewer, at middling priority, with no limit in time.
func DefaultReviewNeeds() ReviewNeeds { return ReviewNeeds{Approvals: 1, Priority: 4} }

// Verdict is what one policy says. The zero value is no objection.
type Verdict struct {
	Outcome Outcome
	Reasons []Reason     // an outcome other than OutcomeApply should have at least one
	Review  *ReviewNeeds // what the review must look like, if the outcome is review or human-only
}

// ReviewBecause asks a person.
func ReviewBecause(reason Reason) Verdict {
	return Verdict{Outcome: OutcomeReview, Reasons: []Reason{reason}}
}

// HumanOnlyBecause leaves the suggestion to people.
func HumanOnlyBecause(reason Reason) Verdict {
	return Verdict{Outcome: OutcomeHumanOnly, Reasons: []Reason{reason}}
}

// RejectBecause refuses the suggestion.
func RejectBecause(reason Reason) Verdict {
	return Verdict{Outcome: OutcomeReject, Reasons: []Reason{reason}}
}

// Objections collects what speaks against a suggestion. The zero value is ready to use.
type Objections struct {
	outcomes []Outcome
	reasons  []Reason
}

// Add adds a reason with the outcome that it asks for; nothing if that is OutcomeApply.
func (o *Objections) Add(outcome Outcome, reason Reason) {
	if outcome > OutcomeApply {
		if o.reasons == nil {
			o.reasons, o.outcomes = make([]Reason, 0, 4), make([]Outcome, 0, 4)
		}
		o.outcomes = append(o.outcomes, outcome)
		o.reasons = append(o.reasons, reason)
	}
}

// IsEmpty says whether nothing speaks against the suggestion so far.
func (o *Objections) IsEmpty() bool { return len(o.reasons) == 0 }

// Verdict is the verdict, with the strictest outcome of all reasons. Of very many reasons the strictest are kept.
func (o *Objections) Verdict() Verdict {
	verdict := Verdict{Reasons: o.reasons}
	for _, outcome := range o.outcomes {
		verdict.Outcome = max(verdict.Outcome, outcome)
	}
	if len(o.reasons) > mostReasons {
		verdict.Reasons = o.strictest()
	}
	return verdict
}

func (o *Objections) strictest() []Reason {
	kept := make([]Reason, 0, mostReasons)
	for rank := OutcomeReject; rank > OutcomeApply; rank-- {
		for i, reason := range o.reasons {
			if o.outcomes[i] == rank && len(kept) < mostReasons {
				kept = append(kept, reason)
			}
		}
	}
	logLeftOut(len(o.reasons)-mostReasons, "reasons")
	return kept
}
