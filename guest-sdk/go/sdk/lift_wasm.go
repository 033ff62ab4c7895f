package countersign

import "unsafe"

// From what the host put into memory to Go's types. This is most of what a call of a small module costs, so text is not
// copied, what is empty is passed over, and lists as long as an ordinary suggestion has need not be asked from the heap.

// given is what a call is given. It is made once, since an instance is for one call; a host that calls an instance
// again gets a new one.
type given struct {
	suggestion Suggestion
	facts      Facts
	changes    [4]Change
	evidence   [4]Evidence
	fields     [8]FieldFact
	consents   [4]Consent
	findings   [8]Finding
	texts      [32]string
	textsUsed  int
}

var (
	first given
	next  = &first
)

func newGiven() *given {
	now := next
	next = nil
	if now == nil {
		now = new(given)
	}
	return now
}

// lift makes a list of Go's types from a list of the interface: in the place that is ready, if it is long enough.
func lift[R, T any](list rawList, ready []T, item func(*given, *R, *T), g *given) []T {
	from := items[R](list)
	into := ready
	if len(from) <= len(ready) {
		into = ready[:len(from):len(from)]
	} else {
		into = make([]T, len(from))
	}
	for i := range from {
		item(g, &from[i], &into[i])
	}
	return into
}

// text has the layout of a Go string. unsafe.String would check what the host has checked.
type text struct {
	start unsafe.Pointer
	len   int
}

func (s *rawString) lift() string {
	text := text{at(s.ptr), int(s.len)}
	return *(*string)(unsafe.Pointer(&text))
}

func (o *rawOptionFloat) lift() *float64 {
	if !o.given {
		return nil
	}
	return &o.value
}

func (g *given) liftTexts(list rawList) []string {
	texts := lift(list, g.texts[g.textsUsed:], func(_ *given, from *rawString, into *string) { *into = from.lift() }, g)
	if g.textsUsed+len(texts) <= len(g.texts) {
		g.textsUsed += len(texts)
	}
	return texts
}

func (g *given) liftValue(from *rawValue, into *Value) {
	into.kind = Kind(from.kind)
	switch into.kind {
	case KindBoolean:
		into.boolean = *(*bool)(unsafe.Pointer(&from.held))
	case KindNumber, KindText:
		into.text = (*rawString)(unsafe.Pointer(&from.held)).lift()
	case KindChoices:
		into.choices = g.liftTexts(from.held)
	}
}

func liftRecordRef(_ *given, from *rawRecordRef, into *RecordRef) {
	into.System, into.Object, into.ID = from.system.lift(), from.object.lift(), from.id.lift()
}

func liftChange(g *given, from *rawChange, into *Change) {
	into.Field = from.field.lift()
	if Kind(from.prior.kind) == KindWithheld && Kind(from.proposed.kind) == KindWithheld {
		into.Prior.kind, into.Proposed.kind = KindWithheld, KindWithheld
	} else {
		g.liftValue(&from.prior, &into.Prior)
		g.liftValue(&from.proposed, &into.Proposed)
	}
	into.Confidence = from.confidence.lift()
}

func liftEvidence(_ *given, from *rawEvidence, into *Evidence) {
	into.URI, into.Kind = from.uri.lift(), from.kind.lift()
	if from.excerpt.given {
		into.Excerpt = from.excerpt.text.lift()
	}
	if from.retrievedAt.given {
		into.RetrievedAt = from.retrievedAt.text.lift()
	}
	if from.sha256.given {
		into.SHA256 = from.sha256.text.lift()
	}
}

func (g *given) liftSuggestion(from *rawSuggestion) *Suggestion {
	into := &g.suggestion
	into.ID = from.id.lift()
	into.Target.System = from.target.system.lift()
	into.Target.Object = from.target.object.lift()
	into.Target.ID = from.target.id.lift()
	into.Operation = Operation(from.operation)
	into.Confidence = from.confidence.lift()
	if from.changes.len > 0 {
		into.Changes = lift(from.changes, g.changes[:], liftChange, g)
	}
	if from.mergeWith.len > 0 {
		into.MergeWith = lift(from.mergeWith, nil, liftRecordRef, g)
	}
	if from.vendor.len|from.model.len|from.version.len > 0 {
		into.Assistant = Assistant{from.vendor.lift(), from.model.lift(), from.version.lift()}
	}
	if from.evidence.len > 0 {
		into.Evidence = lift(from.evidence, g.evidence[:], liftEvidence, g)
	}
	if from.rationale.len > 0 {
		into.Rationale = from.rationale.lift()
	}
	return into
}

func liftFieldFact(g *given, from *rawFieldFact, into *FieldFact) {
	into.Field = from.field.lift()
	g.liftValue(&from.value, &into.Value)
	into.Sensitivity = Sensitivity(from.sensitivity)
	if from.tags.len > 0 {
		into.Tags = g.liftTexts(from.tags)
	}
	into.Verified = from.verified
	if from.setBy.given {
		into.SetBy = from.setBy.text.lift()
	}
}

func liftConsent(_ *given, from *rawConsent, into *Consent) {
	into.Purpose, into.State = from.purpose.lift(), from.state.lift()
	if from.at.given {
		into.At = from.at.text.lift()
	}
}

func liftPastChange(g *given, from *rawPastChange, into *PastChange) {
	into.Field, into.At, into.By, into.Fate = from.field.lift(), from.at.lift(), from.by.lift(), from.fate.lift()
	g.liftValue(&from.prior, &into.Prior)
	g.liftValue(&from.proposed, &into.Proposed)
}

func (g *given) liftFacts(from *rawFacts) *Facts {
	into := &g.facts
	into.Now = from.now.lift()
	if from.fields.len > 0 {
		into.Fields = lift(from.fields, g.fields[:], liftFieldFact, g)
	}
	if from.consents.len > 0 {
		into.Consents = lift(from.consents, g.consents[:], liftConsent, g)
	}
	if from.regimes.len > 0 {
		into.Regimes = g.liftTexts(from.regimes)
	}
	if from.segment.given {
		into.Segment = from.segment.text.lift()
	}
	if from.history.len > 0 {
		into.History = lift(from.history, nil, liftPastChange, g)
	}
	return into
}

func liftFinding(_ *given, from *rawFinding, into *Finding) {
	into.Code, into.Severity, into.Message = from.code.lift(), Severity(from.severity), from.message.lift()
	if from.field.given {
		into.Field = from.field.text.lift()
	}
}

func (g *given) liftFindings(from rawList) []Finding {
	if from.len == 0 {
		return nil
	}
	return lift(from, g.findings[:], liftFinding, g)
}
