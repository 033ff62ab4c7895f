package countersign

import (
	"structs"
	"unsafe"
)

// The types of the interface as the canonical ABI lays them out in memory: pointers have 32 bits, and what a variant
// or option holds stands behind its discriminant.

type rawString struct {
	_   structs.HostLayout
	ptr uint32
	len uint32
}

// rawList is a list of anything.
type rawList struct {
	_   structs.HostLayout
	ptr uint32
	len uint32
}

type rawOptionString struct {
	_     structs.HostLayout
	given bool
	text  rawString
}

type rawOptionFloat struct {
	_     structs.HostLayout
	given bool
	value float64
}

type rawOptionUint struct {
	_     structs.HostLayout
	given bool
	value uint32
}

// rawValue is a variant; held is its text or list, and for a boolean its first byte is that.
type rawValue struct {
	_    structs.HostLayout
	kind uint8
	held rawList
}

type rawRecordRef struct {
	_                  structs.HostLayout
	system, object, id rawString
}

type rawChange struct {
	_               structs.HostLayout
	field           rawString
	prior, proposed rawValue
	confidence      rawOptionFloat
}

type rawEvidence struct {
	_                            structs.HostLayout
	uri, kind                    rawString
	excerpt, retrievedAt, sha256 rawOptionString
}

type rawSuggestion struct {
	_                      structs.HostLayout
	id                     rawString
	target                 rawRecordRef
	operation              uint8
	changes, mergeWith     rawList
	vendor, model, version rawString
	confidence             rawOptionFloat
	evidence               rawList
	rationale              rawString
}

type rawFieldFact struct {
	_           structs.HostLayout
	field       rawString
	value       rawValue
	sensitivity uint8
	tags        rawList
	verified    bool
	setBy       rawOptionString
}

type rawConsent struct {
	_              structs.HostLayout
	purpose, state rawString
	at             rawOptionString
}

type rawPastChange struct {
	_               structs.HostLayout
	field, at, by   rawString
	prior, proposed rawValue
	fate            rawString
}

type rawFacts struct {
	_                         structs.HostLayout
	now                       rawString
	fields, consents, regimes rawList
	segment                   rawOptionString
	history                   rawList
}

type rawFinding struct {
	_        structs.HostLayout
	code     rawString
	severity uint8
	field    rawOptionString
	message  rawString
}

type rawReason struct {
	_       structs.HostLayout
	code    rawString
	field   rawOptionString
	message rawString
}

type rawReviewNeeds struct {
	_           structs.HostLayout
	role        rawOptionString
	approvals   uint8
	priority    uint8
	withinHours rawOptionUint
}

type rawVerdict struct {
	_           structs.HostLayout
	outcome     uint8
	reasons     rawList
	reviewGiven bool
	review      rawReviewNeeds
}

type rawScope struct {
	_                           structs.HostLayout
	operations, objects, fields rawList
}

type rawReads struct {
	_           structs.HostLayout
	parts       uint16
	fields      rawList
	historyDays uint32
}

type rawCode struct {
	_             structs.HostLayout
	code, meaning rawString
}

type rawDescription struct {
	_                      structs.HostLayout
	name, version, summary rawString
	appliesTo              rawScope
	reads                  rawReads
	codes                  rawList
	settingsSchema         rawString
}

// at is where an address of the linear memory leads.
func at(address uint32) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(nil), address) }

func address(pointer unsafe.Pointer) uint32 { return uint32(uintptr(pointer)) }

// items is a list's items, where the host put them.
func items[R any](list rawList) []R { return unsafe.Slice((*R)(at(list.ptr)), list.len) }

func listOf[R any](items []R) rawList {
	return rawList{ptr: address(unsafe.Pointer(unsafe.SliceData(items))), len: uint32(len(items))}
}

func stringOf(text string) rawString {
	return rawString{ptr: address(unsafe.Pointer(unsafe.StringData(text))), len: uint32(len(text))}
}
