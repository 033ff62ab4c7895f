package rule

import rego.v1

agreed if {
	some consent in input.consents
	consent.purpose == "enrichment"
	consent.state == "granted"
}

checkable(evidence) if {
	evidence.sha256 != null
	evidence.excerpt != null
}

codes contains "rule.consent" if not agreed

codes contains "rule.protected" if {
	some field in input.fields
	some tag in field.tags
	tag in {"legal", "payment"}
}

codes contains "rule.confidence" if input.confidence < 0.9

codes contains "rule.evidence" if count(input.evidence) == 0

codes contains "rule.evidence" if {
	some evidence in input.evidence
	not checkable(evidence)
}

default outcome := "apply"

outcome := "reject" if {
	"rule.consent" in codes
} else := "human-only" if {
	"rule.protected" in codes
} else := "review" if {
	count(codes) > 0
}

verdict := {"outcome": outcome, "codes": codes}
