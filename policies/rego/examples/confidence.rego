# Asks for review where the assistant is not confident enough: the module `confidence` with its defaults.
package confidence

import rego.v1

threshold := 0.95

default stated := null

stated := input.suggestion.confidence

# Each change is judged by its own confidence or else the suggestion's; a suggestion without changes by its own.
judged := [{"field": null, "confidence": stated}] if {
	count(input.suggestion.changes) == 0
} else := [{"field": change.field, "confidence": object.get(change, "confidence", stated)} |
	some change in input.suggestion.changes
]

usable(confidence) if {
	is_number(confidence)
	confidence >= 0
	confidence <= 1
}

objection(item) := {
	"code": "confidence.missing",
	"field": item.field,
	"message": "The assistant gives no usable confidence.",
} if {
	not usable(item.confidence)
} else := {
	"code": "confidence.below-threshold",
	"field": item.field,
	"message": sprintf("Confidence %v is below the threshold of %v.", [item.confidence, threshold]),
} if {
	item.confidence < threshold
}

reasons := [reason |
	some item in judged
	reason := objection(item)
]

verdict := {"outcome": "apply"} if {
	count(reasons) == 0
} else := {"outcome": "review", "reasons": reasons}
