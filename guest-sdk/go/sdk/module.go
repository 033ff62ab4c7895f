package countersign

import "errors"

// About is what a module says of itself whatever its settings are.
type About struct {
	Name    string // lower case letters, digits and hyphens, at most 64
	Version string // semver
	Summary string // one sentence: what the module is for
	Codes   []Code // every code that the module may return

	// SettingsSchema is the JSON Schema (2020-12) of the settings.
	SettingsSchema string
}

// Code is one code that a module may return.
type Code struct {
	Code    string // <module>.<what>
	Meaning string // one sentence: when it is returned
}

// Scope is where a module applies. Elsewhere it is not called. All lists that are not empty must match; the zero value
// matches everything.
type Scope struct {
	Operations []Operation
	Objects    []string // kinds of record: contact
	Fields     []string // names or #tags: one changed field must match; a suggestion that changes none matches
}

// Parts are the parts of a suggestion and its facts that are handed over only on request.
type Parts uint16

// The parts.
const (
	PartEvidence      Parts = 1 << iota // Suggestion.Evidence, without excerpts
	PartExcerpts                        // Evidence.Excerpt; asks for evidence too
	PartRationale                       // Suggestion.Rationale
	PartAssistant                       // Suggestion.Assistant
	PartChangedValues                   // the values of the changed fields, whatever their names
	PartFieldFacts                      // Facts.Fields for the changed fields
	PartConsents                        // Facts.Consents
	PartRegimes                         // Facts.Regimes
	PartSegment                         // Facts.Segment
)

// Reads is what a module wants to see. It is given this and nothing else, so ask for little; ids, operation, names of
// changed fields and confidences are always given.
type Reads struct {
	Parts       Parts
	Fields      []string // whose values are needed too: names, #tags, or * for the whole record
	HistoryDays uint32   // of Facts.History; 0: none
}

// Policy is a module that says what may happen. S is its settings, a struct with json tags; see [Decode].
type Policy[S any] struct {
	About

	// Defaults are the settings where nothing else is said.
	Defaults S
	// Prepare checks the settings and does what is costly, such as building maps: every call starts from what it
	// leaves in memory. The error says which key is wrong, and why. May be nil.
	Prepare func(*S) error
	// AppliesTo is where the module applies; everywhere if it is nil.
	AppliesTo func(*S) Scope
	// Reads is what the module wants to see; nothing beyond what is always given if it is nil.
	Reads func(*S) Reads
	// Decide returns the verdict, given also what the validators of the set found. An error means 'I cannot judge
	// this': the host treats it as a fault of the module. Of very many reasons the first reach the host, and long
	// messages are cut; [Objections] puts the strictest first then.
	Decide func(settings *S, suggestion *Suggestion, facts *Facts, findings []Finding) (Verdict, error)
}

// Validator is a module that notices things. S is its settings, a struct with json tags; see [Decode].
type Validator[S any] struct {
	About

	// Defaults are the settings where nothing else is said.
	Defaults S
	// Prepare checks the settings and does what is costly, as in [Policy].
	Prepare func(*S) error
	// AppliesTo is where the module applies; everywhere if it is nil.
	AppliesTo func(*S) Scope
	// Reads is what the module wants to see; nothing beyond what is always given if it is nil.
	Reads func(*S) Reads
	// Validate returns what it noticed; nothing is a good answer. An error means 'I cannot judge this': the host
	// treats it as a fault of the module. Of very many findings the most serious reach the host, and long messages
	// are cut.
	Validate func(settings *S, suggestion *Suggestion, facts *Facts) ([]Finding, error)
}

// Description is what a module says of itself as it is configured.
type Description struct {
	About
	AppliesTo Scope
	Reads     Reads
}

// Configured is a module with its settings: what calls are made to. Decide is nil in a validator, Validate in a policy.
type Configured struct {
	Description
	Decide   func(*Suggestion, *Facts, []Finding) (Verdict, error)
	Validate func(*Suggestion, *Facts) ([]Finding, error)
}

// Configure makes the module ready to be called, from the JSON text of its settings.
func (p Policy[S]) Configure(settings string) (Configured, error) {
	description, ready, err := configure(p.About, p.Defaults, p.Prepare, p.AppliesTo, p.Reads, settings)
	decide := func(s *Suggestion, f *Facts, found []Finding) (Verdict, error) { return p.Decide(ready, s, f, found) }
	return Configured{Description: description, Decide: decide}, err
}

// Configure makes the module ready to be called, from the JSON text of its settings.
func (v Validator[S]) Configure(settings string) (Configured, error) {
	description, ready, err := configure(v.About, v.Defaults, v.Prepare, v.AppliesTo, v.Reads, settings)
	validate := func(s *Suggestion, f *Facts) ([]Finding, error) { return v.Validate(ready, s, f) }
	return Configured{Description: description, Validate: validate}, err
}

func configure[S any](
	about About, settings S, prepare func(*S) error, appliesTo func(*S) Scope, reads func(*S) Reads, text string,
) (Description, *S, error) {
	description := Description{About: about}
	if err := Decode(text, &settings); err != nil {
		return description, nil, err
	}
	if prepare != nil {
		if err := prepare(&settings); err != nil {
			return description, nil, err
		}
	}
	if appliesTo != nil {
		description.AppliesTo = appliesTo(&settings)
	}
	if reads != nil {
		description.Reads = reads(&settings)
	}
	return description, &settings, nil
}

var errConfiguredTwice = errors.New("configured twice")

// module is what the component exports: how it is configured, and once it is, what is called.
var module struct {
	about      About
	configure  func(settings string) (Configured, error)
	configured *Configured
}

// Export makes this the component's module; call it from init.
func (p Policy[S]) Export() { export(p.About, p.Configure) }

// Export makes this the component's module; call it from init.
func (v Validator[S]) Export() { export(v.About, v.Configure) }

func export(about About, configure func(string) (Configured, error)) {
	if module.configure != nil {
		panic("a component has one module: Export is called twice")
	}
	module.about, module.configure = about, configure
}

// configureModule configures the component's module, for the calls to come.
func configureModule(settings string) error {
	if module.configured != nil {
		return errConfiguredTwice
	}
	configured, err := module.configure(settings)
	if err == nil {
		module.configured = &configured
	}
	return err
}

// describeModule describes the component's module as configured, or else with default settings.
func describeModule() Description {
	if module.configured != nil {
		return module.configured.Description
	}
	configured, err := module.configure("{}")
	if err != nil {
		return Description{About: module.about}
	}
	return configured.Description
}
