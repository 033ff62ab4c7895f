package countersign

import (
	"errors"
	"structs"
	"unsafe"
)

// The functions of both worlds. A component has those of its own; the other's are left out when it is made from the
// core module. Each result has its own place, since the host reads it before anything else runs in the instance.

type rawFailure struct {
	_      structs.HostLayout
	failed bool
	why    rawString
}

type decideArguments struct {
	_          structs.HostLayout
	suggestion rawSuggestion
	facts      rawFacts
	findings   rawList
}

type decideResult struct {
	_       structs.HostLayout
	failed  bool
	verdict rawVerdict
}

type validateArguments struct {
	_          structs.HostLayout
	suggestion rawSuggestion
	facts      rawFacts
}

type validateResult struct {
	_        structs.HostLayout
	failed   bool
	findings rawList
}

var (
	describeOut  rawDescription
	configureOut rawFailure
	decideOut    decideResult
	validateOut  validateResult

	// What the places point to.
	description       Description
	descriptionPlaces places
	failure           string
)

var errNotConfigured = errors.New("called before configure")

// fail puts an error where a result would stand.
func fail(result unsafe.Pointer, err error) unsafe.Pointer {
	failure = err.Error()
	*(*rawFailure)(result) = rawFailure{failed: true, why: stringOf(failure)}
	return result
}

//go:wasmexport describe
func exportDescribe() unsafe.Pointer {
	description = describeModule()
	descriptionPlaces = description.places()
	description.lower(&describeOut, &descriptionPlaces)
	return unsafe.Pointer(&describeOut)
}

//go:wasmexport configure
func exportConfigure(settings string) unsafe.Pointer {
	if err := configureModule(settings); err != nil {
		return fail(unsafe.Pointer(&configureOut), err)
	}
	warmUp()
	return unsafe.Pointer(&configureOut)
}

//go:wasmexport decide
func exportDecide(arguments *decideArguments) unsafe.Pointer {
	result := unsafe.Pointer(&decideOut)
	if module.configured == nil {
		return fail(result, errNotConfigured)
	}
	given := newGiven()
	suggestion, facts := given.liftSuggestion(&arguments.suggestion), given.liftFacts(&arguments.facts)
	verdict, err := module.configured.Decide(suggestion, facts, given.liftFindings(arguments.findings))
	if err != nil {
		return fail(result, err)
	}
	verdict = BoundVerdict(verdict)
	verdict.lower(&decideOut.verdict)
	return result
}

//go:wasmexport validate
func exportValidate(arguments *validateArguments) unsafe.Pointer {
	result := unsafe.Pointer(&validateOut)
	if module.configured == nil {
		return fail(result, errNotConfigured)
	}
	given := newGiven()
	suggestion, facts := given.liftSuggestion(&arguments.suggestion), given.liftFacts(&arguments.facts)
	findings, err := module.configured.Validate(suggestion, facts)
	if err != nil {
		return fail(result, err)
	}
	validateOut.findings = lower(BoundFindings(findings), findingsOut[:], (*Finding).lower)
	return result
}
