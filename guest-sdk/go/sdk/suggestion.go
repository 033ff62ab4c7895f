package countersign

// Operation is what the assistant wants to do to the record.
type Operation uint8

// The operations.
const (
	OperationAppend    Operation = iota // add a value beside those that are there
	OperationEnrich                     // fill a field that is empty
	OperationOverwrite                  // replace a value
	OperationClear                      // empty a field
	OperationMerge                      // make one record of several
	OperationDelete                     // remove the record
	OperationSummarize                  // write a summary of a call, a mail or a meeting
	OperationAct                        // start something outside the record: send, route, tag, schedule
)

// Suggestion is a proposed change to one record.
type Suggestion struct {
	ID         string      // unique in the deployment
	Target     RecordRef   // the record to be changed
	Operation  Operation   // what is to be done to it
	Changes    []Change    // empty for delete and some merge and act
	MergeWith  []RecordRef // the records that a merge would fold into the target
	Assistant  Assistant   // who suggests; empty unless PartAssistant is read
	Confidence *float64    // in the whole; nil if none is given, and any number: check that it is finite
	Evidence   []Evidence  // the sources cited; empty unless PartEvidence is read
	Rationale  string      // the assistant's own words; empty unless PartRationale is read
}

// RecordRef is the name of one record.
type RecordRef struct {
	System string // the CRM: hubspot, salesforce
	Object string // the kind of record in it: contact, account
	ID     string // its id in that CRM
}

// Change is one field that the assistant wants to change.
type Change struct {
	Field      string   // the field's name in the CRM
	Prior      Value    // what the assistant saw and wants to replace
	Proposed   Value    // what it proposes; null empties the field
	Confidence *float64 // in this change; nil if none is given, and any number: check that it is finite
}

// Assistant is who suggests.
type Assistant struct {
	Vendor  string // the company or team that answers for it
	Model   string // the model or product
	Version string
}

// Evidence is one source that the assistant cites. What is not given is empty.
type Evidence struct {
	URI         string // a URL or a name such as crm-note:4711
	Kind        string // web-page, email, call, source-record
	Excerpt     string // the passage that carries the claim; empty unless PartExcerpts is read
	RetrievedAt string // when the source was read, RFC 3339
	SHA256      string // of what was read, 64 hexadecimal digits
}
