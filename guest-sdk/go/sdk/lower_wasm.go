package countersign

// From Go's types to what the host reads. It reads before anything else runs in the instance, so one place for each
// answer is enough. Nothing here asks the heap for memory: what the places point to is then still there.

var (
	reasonsOut  [mostReasons]rawReason
	findingsOut [mostFindings]rawFinding
)

// lower fills a list of the interface that is as long as the one of Go's types.
func lower[T, R any](list []T, into []R, item func(*T, *R)) rawList {
	for i := range list {
		item(&list[i], &into[i])
	}
	return listOf(into[:len(list)])
}

// lowerOption leaves out what is empty.
func lowerOption(text string) rawOptionString {
	return rawOptionString{given: text != "", text: stringOf(text)}
}

func (f *Finding) lower(into *rawFinding) {
	into.code, into.severity = stringOf(f.Code), uint8(f.Severity)
	into.field, into.message = lowerOption(f.Field), stringOf(f.Message)
}

func (r *Reason) lower(into *rawReason) {
	into.code, into.field, into.message = stringOf(r.Code), lowerOption(r.Field), stringOf(r.Message)
}

func (n *ReviewNeeds) lower(into *rawReviewNeeds) {
	into.role, into.approvals, into.priority = lowerOption(n.Role), n.Approvals, n.Priority
	if n.WithinHours != nil {
		into.withinHours = rawOptionUint{given: true, value: *n.WithinHours}
	}
}

func (v *Verdict) lower(into *rawVerdict) {
	into.outcome = uint8(v.Outcome)
	into.reasons = lower(v.Reasons, reasonsOut[:], (*Reason).lower)
	if v.Review != nil {
		into.reviewGiven = true
		v.Review.lower(&into.review)
	}
}

func lowerText(text *string, into *rawString) { *into = stringOf(*text) }

func (c *Code) lower(into *rawCode) { into.code, into.meaning = stringOf(c.Code), stringOf(c.Meaning) }

// places are where the lists of a description go.
type places struct {
	objects, scopeFields, readFields []rawString
	codes                            []rawCode
}

func (d *Description) places() places {
	return places{
		objects:     make([]rawString, len(d.AppliesTo.Objects)),
		scopeFields: make([]rawString, len(d.AppliesTo.Fields)),
		readFields:  make([]rawString, len(d.Reads.Fields)),
		codes:       make([]rawCode, len(d.Codes)),
	}
}

func (d *Description) lower(into *rawDescription, places *places) {
	into.name, into.version, into.summary = stringOf(d.Name), stringOf(d.Version), stringOf(d.Summary)
	into.appliesTo = rawScope{
		operations: listOf(d.AppliesTo.Operations),
		objects:    lower(d.AppliesTo.Objects, places.objects, lowerText),
		fields:     lower(d.AppliesTo.Fields, places.scopeFields, lowerText),
	}
	into.reads = rawReads{
		parts:       uint16(d.Reads.Parts),
		fields:      lower(d.Reads.Fields, places.readFields, lowerText),
		historyDays: d.Reads.HistoryDays,
	}
	into.codes = lower(d.Codes, places.codes, (*Code).lower)
	into.settingsSchema = stringOf(d.SettingsSchema)
}
