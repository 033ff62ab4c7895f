# Turns the sensitivity of the fields and the operation into an outcome: the module `risk-class` with its defaults.
package risk

import rego.v1

operation := input.suggestion.operation

by_sensitivity := {"low": "apply", "medium": "review", "high": "human-only"}

never_alone := {"low": "review", "medium": "review", "high": "human-only"}

matrix := {
	"append": by_sensitivity,
	"enrich": by_sensitivity,
	"overwrite": by_sensitivity,
	"summarize": by_sensitivity,
	"clear": never_alone,
	"merge": never_alone,
	"act": never_alone,
	"delete": {"low": "review", "medium": "human-only", "high": "human-only"},
}

modes := matrix[operation]

no_field := {"merge": "medium", "act": "medium", "summarize": "medium"}

whole_level := object.get(no_field, operation, "high")

guarded_tags := {"legal", "payment", "government-id", "privacy-flag"}

codes := {"low": "risk-class.operation", "medium": "risk-class.medium", "high": "risk-class.high"}

consequences := {"review": "needs review", "human-only": "is left to people"}

needs := {
	"low": {"priority": 2, "within_hours": 48},
	"medium": {"priority": 4, "within_hours": 48},
	"high": {"priority": 6, "within_hours": 24},
}

irreversible if operation in {"merge", "delete"}

classed_as_a_whole if irreversible

classed_as_a_whole if count(input.suggestion.changes) == 0

# What cannot be undone needs two people.
undo := [{
	"level": whole_level,
	"outcome": "review",
	"reason": {
		"code": "risk-class.irreversible",
		"message": sprintf("What `%v` does cannot be undone: two people must approve it.", [operation]),
	},
} |
	irreversible
]

whole := [{
	"level": whole_level,
	"outcome": mode,
	"reason": {
		"code": codes[whole_level],
		"message": sprintf("`%v` as a whole is of %v sensitivity and %v.", [operation, whole_level, consequences[mode]]),
	},
} |
	classed_as_a_whole
	mode := modes[whole_level]
	mode != "apply"
]

# What is in no catalogue is of high sensitivity and without tags.
fact(change) := object.get(input.facts.fields, change.field, {"sensitivity": "high", "tags": []})

unknown(known) if {
	known.sensitivity == "high"
	count(known.tags) == 0
}

class_reason(known, mode) := {
	"code": "risk-class.unknown-field",
	"message": sprintf("The catalogue says nothing about the field, so `%v` %v.", [operation, consequences[mode]]),
} if {
	unknown(known)
} else := {
	"code": codes[known.sensitivity],
	"message": sprintf("The field is of %v sensitivity: `%v` %v.", [known.sensitivity, operation, consequences[mode]]),
}

class(change, known) := [{
	"level": known.sensitivity,
	"outcome": mode,
	"reason": object.union(class_reason(known, mode), {"field": change.field}),
} |
	mode := modes[known.sensitivity]
	mode != "apply"
]

tagged(change, known) := [{
	"level": known.sensitivity,
	"outcome": "human-only",
	"reason": {
		"code": "risk-class.tag",
		"field": change.field,
		"message": sprintf("The field is tagged `%v`: `%v` is left to people.", [tag, operation]),
	},
} |
	some tag in known.tags
	tag in guarded_tags
]

fields := [objection |
	some change in input.suggestion.changes
	known := fact(change)
	some objection in array.concat(class(change, known), tagged(change, known))
]

objections := array.concat(array.concat(undo, whole), fields)

outcome := "human-only" if {
	some objection in objections
	objection.outcome == "human-only"
} else := "review"

levels := {objection.level | some objection in objections}

role := "senior-reviewer" if {
	"high" in levels
} else := null

approvals := 2 if {
	irreversible
} else := 1

verdict := {"outcome": "apply"} if {
	count(objections) == 0
} else := {
	"outcome": outcome,
	"reasons": [objection.reason | some objection in objections],
	"review": {
		"role": role,
		"approvals": approvals,
		"priority": max([needs[level].priority | some level in levels]),
		"within_hours": min([needs[level].within_hours | some level in levels]),
	},
}
