// Generated from wit/1.0.0/policy.wit by guest-sdk/typescript/generate.mjs; do not edit.

/** One value of a CRM field. */
export type Value =
  /** The field is empty. */
  | { readonly tag: "null" }
  /** Nobody says: the module did not ask for the value, or the host was not told it. */
  | { readonly tag: "withheld" }
  /** A check box. */
  | { readonly tag: "boolean"; readonly val: boolean }
  /** A number as the CRM's own decimal text, so that no digit is lost: `"12.50"`, `"-3"`, `"1e9"`. */
  | { readonly tag: "number"; readonly val: string }
  /** Text. */
  | { readonly tag: "text"; readonly val: string }
  /** A multiple-choice field, in the CRM's order. */
  | { readonly tag: "choices"; readonly val: readonly string[] };

/** What the assistant wants to do to the record. */
export type Operation =
  /** Add a value beside those that are there: a second e-mail address, a note. */
  | "append"
  /** Fill a field that is empty. */
  | "enrich"
  /** Replace a value. */
  | "overwrite"
  /** Empty a field. */
  | "clear"
  /** Make one record of several. */
  | "merge"
  /** Remove the record. */
  | "delete"
  /** Write a summary of a call, a mail or a meeting. */
  | "summarize"
  /** Start something outside the record: send, route, tag, schedule. */
  | "act";

/**
 * How much harm a wrong value in a field can do, from the deployment's catalogue of fields.
 * A field that is in no catalogue is `high`.
 */
export type Sensitivity = "low" | "medium" | "high";

/** How serious a finding is. */
export type Severity = "info" | "low" | "medium" | "high" | "critical";

/**
 * What may happen to a suggestion, from the most permissive to the strictest. The strictest
 * outcome of a set of policies wins.
 */
export type Outcome =
  /** Applied without a person, and logged. */
  | "apply"
  /** Waits for one-click approval. */
  | "review"
  /** Shown to people, but no click applies it: a person makes the change themselves. */
  | "human-only"
  /** Ended. */
  | "reject";

/** The name of one record. */
export interface RecordRef {
  /** The CRM: `hubspot`, `salesforce`. */
  readonly system: string;
  /** The kind of record in it: `contact`, `account`. */
  readonly object: string;
  /** The record's id in that CRM. */
  readonly id: string;
}

/** One field that the assistant wants to change. */
export interface Change {
  /** The field's name in the CRM. */
  readonly field: string;
  /** The value that the assistant saw and wants to replace. */
  readonly prior: Value;
  /** The value that it proposes; `null` empties the field. */
  readonly proposed: Value;
  /**
   * The assistant's confidence in this change, where it gives one for each field. May be any
   * number: check that it is finite.
   */
  readonly confidence?: number | undefined;
}

/** One source that the assistant cites. */
export interface Evidence {
  /** Where the source is: a URL or a name such as `crm-note:4711`. */
  readonly uri: string;
  /** What it is: `web-page`, `email`, `call`, `source-record`. */
  readonly kind: string;
  /** The passage that carries the claim. */
  readonly excerpt?: string | undefined;
  /** When the source was read, RFC 3339. */
  readonly retrievedAt?: string | undefined;
  /** The SHA-256 of what was read, 64 hexadecimal digits. */
  readonly sha256?: string | undefined;
}

/** Who suggests. */
export interface Assistant {
  /** The company or team that answers for it. */
  readonly vendor: string;
  /** The model or product. */
  readonly model: string;
  /** Its version. */
  readonly version: string;
}

/** A proposed change to one record. */
export interface Suggestion {
  /** The suggestion's own id, unique in the deployment. */
  readonly id: string;
  /** The record to be changed. */
  readonly target: RecordRef;
  /** What is to be done to it. */
  readonly operation: Operation;
  /** The fields to be changed; empty for `delete` and some `merge` and `act`. */
  readonly changes: readonly Change[];
  /** The records that a `merge` would fold into the target. */
  readonly mergeWith: readonly RecordRef[];
  /** Who suggests; its parts are empty unless `parts.assistant` is declared. */
  readonly assistant: Assistant;
  /** The assistant's confidence in the whole. May be any number: check that it is finite. */
  readonly confidence?: number | undefined;
  /** The sources cited; empty unless `parts.evidence` is declared. */
  readonly evidence: readonly Evidence[];
  /** The assistant's reasons in its own words; empty unless `parts.rationale` is declared. */
  readonly rationale: string;
}

/** What is known about one field of the record. */
export interface FieldFact {
  /** The field's name in the CRM. */
  readonly field: string;
  /** Its value now. */
  readonly value: Value;
  /** How much harm a wrong value can do. */
  readonly sensitivity: Sensitivity;
  /** The catalogue's tags: `email`, `phone`, `pii`, `payment`, `legal`, `privacy-flag`. */
  readonly tags: readonly string[];
  /** Whether somebody has verified the value. */
  readonly verified: boolean;
  /** Who set the value: `person:ana`, `import`, `assistant:acme`; none if nobody knows. */
  readonly setBy?: string | undefined;
}

/** What the data subject has agreed to. */
export interface Consent {
  /** For what: `enrichment`, `marketing`, `profiling`. */
  readonly purpose: string;
  /** `granted`, `denied` or `revoked`; treat every other word as not granted. */
  readonly state: string;
  /** Since when, RFC 3339. */
  readonly at?: string | undefined;
}

/** An earlier suggestion for the same record. */
export interface PastChange {
  /** The field that it was about. */
  readonly field: string;
  /** When it was decided, RFC 3339. */
  readonly at: string;
  /** Who suggested it: `vendor/model`. */
  readonly by: string;
  /** The value before. */
  readonly prior: Value;
  /** The value proposed. */
  readonly proposed: Value;
  /**
   * What became of it: the outcome decided (`apply`, `review`, `human-only`, `reject`) or a
   * later state such as `corrected`.
   */
  readonly fate: string;
}

/**
 * What the host knows and the suggestion does not say. Parts that the module did not declare
 * are empty.
 */
export interface Facts {
  /** The time of the decision, RFC 3339 in UTC. The only clock there is. */
  readonly now: string;
  /**
   * The changed fields, if `parts.field-facts` is declared, and all fields that `reads.fields`
   * matches, by name.
   */
  readonly fields: readonly FieldFact[];
  /** Consents of the data subject. */
  readonly consents: readonly Consent[];
  /** Regimes that the record is under: `banking`, `health`. */
  readonly regimes: readonly string[];
  /** The segment that the record belongs to. */
  readonly segment?: string | undefined;
  /** Earlier suggestions for the record within the declared window, oldest first. */
  readonly history: readonly PastChange[];
}

/** Something that a validator noticed. */
export interface Finding {
  /** A stable code, `<module>.<what>`, one of `description.codes`. */
  readonly code: string;
  /** How serious it is. */
  readonly severity: Severity;
  /** The field that it is about, if it is about one. */
  readonly field?: string | undefined;
  /** One sentence for people. Say what is wrong without repeating more of the value than needed. */
  readonly message: string;
}

/** Why a policy says what it says. */
export interface Reason {
  /** A stable code, `<module>.<what>`, one of `description.codes`. */
  readonly code: string;
  /** The field that it is about, if it is about one. */
  readonly field?: string | undefined;
  /** One sentence for people. */
  readonly message: string;
}

/** What a review must look like. */
export interface ReviewNeeds {
  /** The role that may approve; none: any reviewer. */
  readonly role?: string | undefined;
  /** How many people must approve; 0 counts as 1. */
  readonly approvals: number;
  /** How urgent it is, from 0 (whenever) to 9 (now). */
  readonly priority: number;
  /** Within how many hours it must be decided. */
  readonly withinHours?: number | undefined;
}

/**
 * What one policy says. When several ask for review, the host joins their needs: most
 * approvals, highest priority, shortest time.
 */
export interface Verdict {
  /** The outcome. */
  readonly outcome: Outcome;
  /** Why. An outcome other than `apply` should have at least one. */
  readonly reasons: readonly Reason[];
  /** What the review must look like, if the outcome is `review` or `human-only`. */
  readonly review?: ReviewNeeds | undefined;
}

/** One code that a module may return. */
export interface CodeMeaning {
  /** `<module>.<what>`. */
  readonly code: string;
  /** One sentence: when it is returned. */
  readonly meaning: string;
}

/**
 * Where a module applies. Elsewhere it is not called, and the decision says so. All lists that
 * are not empty must match; an empty list matches everything.
 */
export interface Scope {
  /** The operations. */
  readonly operations: readonly Operation[];
  /** The kinds of record: `contact`. */
  readonly objects: readonly string[];
  /**
   * Names of fields or `#tag`: at least one changed field must match one of them. A suggestion
   * that changes no field matches.
   */
  readonly fields: readonly string[];
}

/** The parts of a suggestion and its facts that are handed over only on request. */
export interface Parts {
  /** `suggestion.evidence`, without excerpts. */
  readonly evidence?: boolean;
  /** `evidence.excerpt`; asks for `evidence` too. */
  readonly excerpts?: boolean;
  /** `suggestion.rationale`. */
  readonly rationale?: boolean;
  /** `suggestion.assistant`. */
  readonly assistant?: boolean;
  /**
   * The values of the changed fields, whatever their names: before, proposed, and in
   * `facts.fields` and `facts.history` where those are asked for.
   */
  readonly changedValues?: boolean;
  /** `facts.fields` for the changed fields: sensitivity, tags, who set them. */
  readonly fieldFacts?: boolean;
  /** `facts.consents`. */
  readonly consents?: boolean;
  /** `facts.regimes`. */
  readonly regimes?: boolean;
  /** `facts.segment`. */
  readonly segment?: boolean;
}

/**
 * What a module wants to see: it is given this and nothing else, so ask for little. Ids,
 * operation, names of changed fields and confidences are always given.
 */
export interface Reads {
  /** The parts. */
  readonly parts: Parts;
  /**
   * The fields whose values are needed, in changes, facts and history: names, `#tag`, or `*` for the
   * whole record.
   */
  readonly fields: readonly string[];
  /** How many days of `facts.history` are needed; 0: none. */
  readonly historyDays: number;
}

/**
 * What a module is. It may depend on the settings: the host asks after `configure`, once, when a
 * set is activated; tools also ask with the settings left at their defaults.
 */
export interface Description {
  /** The module's name: lower case letters, digits and hyphens, at most 64. */
  readonly name: string;
  /** Its version, semver. */
  readonly version: string;
  /** One sentence: what it is for. */
  readonly summary: string;
  /** Where it applies. */
  readonly appliesTo: Scope;
  /** What it wants to see. */
  readonly reads: Reads;
  /** Every code that it may return. */
  readonly codes: readonly CodeMeaning[];
  /** The JSON Schema (2020-12) of its settings. */
  readonly settingsSchema: string;
}
