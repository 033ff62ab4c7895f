# Allows only what the data subject has agreed to: the module `consent` with its defaults. The set restricts it to kinds
# of record that are people and to operations that need a consent.
package consent

import rego.v1

purposes := {
	"append": "enrichment",
	"enrich": "enrichment",
	"overwrite": "enrichment",
	"merge": "enrichment",
	"summarize": "enrichment",
	"act": "outreach",
}

purpose := object.get(purposes, input.suggestion.operation, "")

said := object.get(input.facts.consent_now, purpose, "missing")

refusals := {
	"denied": {"outcome": "reject", "code": "consent.denied", "what": "is denied"},
	"revoked": {"outcome": "reject", "code": "consent.revoked", "what": "is revoked"},
	"unknown": {"outcome": "review", "code": "consent.unknown-state", "what": "is in a state that is not known"},
	"missing": {"outcome": "review", "code": "consent.missing", "what": "is not recorded"},
}

refusal := refusals[said]

verdict := {"outcome": "apply"} if {
	purpose == ""
} else := {"outcome": "apply"} if {
	said == "granted"
} else := {
	"outcome": refusal.outcome,
	"reasons": [{
		"code": refusal.code,
		"message": sprintf("Consent to `%v` %v.", [purpose, refusal.what]),
	}],
}
