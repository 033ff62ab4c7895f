package countersign

import (
	"strconv"
	"unicode/utf8"
)

// Answers are kept within what the host takes by default (64 items, 64 KiB), whatever a suggestion holds: an answer
// that is too long would be a fault of the module, and say nothing. Lengths are in bytes.
const (
	mostFindings   = 64
	mostReasons    = 32
	longestMessage = 512
	longestField   = 256
)

// BoundFindings keeps the most serious findings, and makes long messages short. What a module returns goes through
// it on the way to the host.
func BoundFindings(findings []Finding) []Finding {
	if over := len(findings) - mostFindings; over > 0 {
		kept := make([]Finding, 0, mostFindings)
		for rank := int(SeverityCritical); rank >= int(SeverityInfo); rank-- {
			for _, finding := range findings {
				if int(finding.Severity) == rank && len(kept) < mostFindings {
					kept = append(kept, finding)
				}
			}
		}
		findings = kept
		logLeftOut(over, "findings")
	}
	for i := range findings {
		shorten(&findings[i].Field, &findings[i].Message)
	}
	return findings
}

// BoundVerdict keeps the first reasons, and makes long messages short. What a module returns goes through it on the
// way to the host.
func BoundVerdict(verdict Verdict) Verdict {
	if over := len(verdict.Reasons) - mostReasons; over > 0 {
		verdict.Reasons = verdict.Reasons[:mostReasons]
		logLeftOut(over, "reasons")
	}
	for i := range verdict.Reasons {
		shorten(&verdict.Reasons[i].Field, &verdict.Reasons[i].Message)
	}
	return verdict
}

func logLeftOut(count int, what string) {
	Log(strconv.Itoa(count) + " more " + what + " are left out")
}

func shorten(field, message *string) {
	// A name that is cut would name another field.
	if len(*field) > longestField {
		*field = ""
	}
	if len(*message) > longestMessage {
		end := longestMessage
		for !utf8.RuneStart((*message)[end]) {
			end--
		}
		*message = (*message)[:end] + "…"
	}
}
