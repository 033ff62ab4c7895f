//! The document that a rule sees: `suggestion`, `facts` and `findings`, with the keys of the intake format. It is built
//! directly in the values of the language; `policies/rego/input.schema.json` says what it looks like.

use countersign_guest::prelude::*;

use crate::uses::Uses;
use crate::{consent, number};

macro_rules! keys {
    ($($key:ident => $word:literal),+ $(,)?) => {
        /// The keys of the document, so that a language can make its texts of them once.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Key {
            $(#[doc = concat!("`", $word, "`")] $key),+
        }

        impl Key {
            /// All of them; each stands at the place of its number.
            pub const ALL: &'static [Self] = &[$(Self::$key),+];

            /// The key as it stands in the document.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$key => $word),+
                }
            }
        }
    };
}

keys! {
    Assistant => "assistant", At => "at", AtSeconds => "at_seconds", By => "by", Changes => "changes", Code => "code",
    Confidence => "confidence", ConsentNow => "consent_now", Consents => "consents", Evidence => "evidence",
    Excerpt => "excerpt", Facts => "facts", Fate => "fate", Field => "field", Fields => "fields",
    Findings => "findings", History => "history", Id => "id", Kind => "kind", MergeWith => "merge_with",
    Message => "message", Model => "model", Now => "now", NowSeconds => "now_seconds", Object => "object",
    Operation => "operation", Prior => "prior", Proposed => "proposed", Purpose => "purpose",
    Rationale => "rationale", Regimes => "regimes", RetrievedAt => "retrieved_at",
    RetrievedAtSeconds => "retrieved_at_seconds", Segment => "segment", Sensitivity => "sensitivity",
    SetBy => "set_by", Severity => "severity", Sha256 => "sha256", State => "state", Suggestion => "suggestion",
    System => "system", Tags => "tags", Target => "target", Uri => "uri", Value => "value", Vendor => "vendor",
    Verified => "verified", Version => "version",
}

/// Makes values of a language, which may borrow the texts of what they are made of for `'d`.
pub trait Build<'d> {
    /// A value of the language.
    type Value;

    /// Nothing.
    fn null(&self) -> Self::Value;
    /// A truth value.
    fn boolean(&self, value: bool) -> Self::Value;
    /// A whole number: times in seconds.
    fn whole(&self, value: i64) -> Self::Value;
    /// A finite number.
    fn number(&self, value: f64) -> Self::Value;
    /// A text.
    fn text(&self, value: &'d str) -> Self::Value;
    /// A list.
    fn list(&self, items: impl Iterator<Item = Self::Value>) -> Self::Value;
    /// An object; entries without a value are left out.
    fn object<const N: usize>(&self, entries: [(Key, Option<Self::Value>); N]) -> Self::Value;
    /// An object whose keys are not known before.
    fn map(&self, entries: impl Iterator<Item = (&'d str, Self::Value)>) -> Self::Value;
}

/// Everything in one object, as Rego's `input`.
pub fn whole<'d, B: Build<'d>>(b: &B, s: &'d Suggestion, f: &'d Facts, found: &'d [Finding], uses: Uses) -> B::Value {
    b.object([
        (Key::Facts, Some(facts(b, f, uses))),
        (Key::Findings, uses.findings().then(|| findings(b, found))),
        (Key::Suggestion, Some(suggestion(b, s, uses))),
    ])
}

/// The suggestion, as far as it is looked at.
pub fn suggestion<'d, B: Build<'d>>(b: &B, s: &'d Suggestion, uses: Uses) -> B::Value {
    let used = |key| uses.suggestion(key);
    b.object([
        (Key::Assistant, used(Key::Assistant).then(|| assistant(b, &s.assistant))),
        (Key::Changes, used(Key::Changes).then(|| b.list(s.changes.iter().map(|one| change(b, one))))),
        (Key::Confidence, used(Key::Confidence).then(|| confidence(b, s.confidence)).flatten()),
        (Key::Evidence, used(Key::Evidence).then(|| b.list(s.evidence.iter().map(|one| evidence(b, one))))),
        (Key::Id, used(Key::Id).then(|| b.text(&s.id))),
        (Key::MergeWith, used(Key::MergeWith).then(|| b.list(s.merge_with.iter().map(|one| record(b, one))))),
        (Key::Operation, used(Key::Operation).then(|| b.text(s.operation.as_str()))),
        (Key::Rationale, used(Key::Rationale).then(|| b.text(&s.rationale))),
        (Key::Target, used(Key::Target).then(|| record(b, &s.target))),
    ])
}

/// What the host knows, as far as it is looked at.
pub fn facts<'d, B: Build<'d>>(b: &B, f: &'d Facts, uses: Uses) -> B::Value {
    let used = |key| uses.facts(key);
    b.object([
        (Key::ConsentNow, used(Key::ConsentNow).then(|| consent_now(b, f))),
        (Key::Consents, used(Key::Consents).then(|| b.list(f.consents.iter().map(|one| consent(b, one))))),
        (
            Key::Fields,
            used(Key::Fields).then(|| b.map(f.fields.iter().map(|fact| (fact.field.as_str(), field(b, fact))))),
        ),
        (Key::History, used(Key::History).then(|| b.list(f.history.iter().map(|one| past(b, one))))),
        (Key::Now, used(Key::Now).then(|| b.text(&f.now))),
        (Key::NowSeconds, used(Key::NowSeconds).then(|| seconds(b, Some(&f.now))).flatten()),
        (Key::Regimes, used(Key::Regimes).then(|| b.list(f.regimes.iter().map(|regime| b.text(regime))))),
        (Key::Segment, used(Key::Segment).then(|| f.segment.as_deref().map(|segment| b.text(segment))).flatten()),
    ])
}

fn consent_now<'d, B: Build<'d>>(b: &B, f: &'d Facts) -> B::Value {
    let now = consent::by_purpose(&f.consents, &f.now);
    b.map(now.into_iter().map(|(purpose, say)| (purpose, b.text(say.as_str()))))
}

/// What validators found.
pub fn findings<'d, B: Build<'d>>(b: &B, found: &'d [Finding]) -> B::Value {
    b.list(found.iter().map(|finding| {
        b.object([
            (Key::Code, Some(b.text(&finding.code))),
            (Key::Field, finding.field.as_deref().map(|field| b.text(field))),
            (Key::Message, Some(b.text(&finding.message))),
            (Key::Severity, Some(b.text(finding.severity.as_str()))),
        ])
    }))
}

fn assistant<'d, B: Build<'d>>(b: &B, assistant: &'d Assistant) -> B::Value {
    b.object([
        (Key::Model, Some(b.text(&assistant.model))),
        (Key::Vendor, Some(b.text(&assistant.vendor))),
        (Key::Version, Some(b.text(&assistant.version))),
    ])
}

fn change<'d, B: Build<'d>>(b: &B, change: &'d Change) -> B::Value {
    b.object([
        (Key::Confidence, confidence(b, change.confidence)),
        (Key::Field, Some(b.text(&change.field))),
        (Key::Prior, value(b, &change.prior)),
        (Key::Proposed, value(b, &change.proposed)),
    ])
}

fn evidence<'d, B: Build<'d>>(b: &B, evidence: &'d Evidence) -> B::Value {
    let text = |text: &'d Option<String>| text.as_deref().map(|text| b.text(text));
    b.object([
        (Key::Excerpt, text(&evidence.excerpt)),
        (Key::Kind, Some(b.text(&evidence.kind))),
        (Key::RetrievedAt, text(&evidence.retrieved_at)),
        (Key::RetrievedAtSeconds, seconds(b, evidence.retrieved_at.as_deref())),
        (Key::Sha256, text(&evidence.sha256)),
        (Key::Uri, Some(b.text(&evidence.uri))),
    ])
}

fn record<'d, B: Build<'d>>(b: &B, record: &'d RecordRef) -> B::Value {
    b.object([
        (Key::Id, Some(b.text(&record.id))),
        (Key::Object, Some(b.text(&record.object))),
        (Key::System, Some(b.text(&record.system))),
    ])
}

fn field<'d, B: Build<'d>>(b: &B, fact: &'d FieldFact) -> B::Value {
    b.object([
        (Key::Sensitivity, Some(b.text(fact.sensitivity.as_str()))),
        (Key::SetBy, fact.set_by.as_deref().map(|by| b.text(by))),
        (Key::Tags, Some(b.list(fact.tags.iter().map(|tag| b.text(tag))))),
        (Key::Value, value(b, &fact.value)),
        (Key::Verified, Some(b.boolean(fact.verified))),
    ])
}

fn consent<'d, B: Build<'d>>(b: &B, consent: &'d Consent) -> B::Value {
    b.object([
        (Key::At, consent.at.as_deref().map(|at| b.text(at))),
        (Key::AtSeconds, seconds(b, consent.at.as_deref())),
        (Key::Purpose, Some(b.text(&consent.purpose))),
        (Key::State, Some(b.text(&consent.state))),
    ])
}

fn past<'d, B: Build<'d>>(b: &B, past: &'d PastChange) -> B::Value {
    b.object([
        (Key::At, Some(b.text(&past.at))),
        (Key::AtSeconds, seconds(b, Some(&past.at))),
        (Key::By, Some(b.text(&past.by))),
        (Key::Fate, Some(b.text(&past.fate))),
        (Key::Field, Some(b.text(&past.field))),
        (Key::Prior, value(b, &past.prior)),
        (Key::Proposed, value(b, &past.proposed)),
    ])
}

/// Absent if there is none, null if it is no finite number: a rule must not take the second for the first.
fn confidence<'d, B: Build<'d>>(b: &B, confidence: Option<f64>) -> Option<B::Value> {
    confidence.map(|given| if given.is_finite() { b.number(given) } else { b.null() })
}

/// The seconds since 1970 beside a time; absent where it is unreadable.
fn seconds<'d, B: Build<'d>>(b: &B, at: Option<&'d str>) -> Option<B::Value> {
    at.and_then(Timestamp::parse).map(|at| b.whole(at.0))
}

/// Absent if it is withheld. A number whose digits do not all fit stays a text.
fn value<'d, B: Build<'d>>(b: &B, value: &'d Value) -> Option<B::Value> {
    Some(match value {
        Value::Null => b.null(),
        Value::Withheld => return None,
        Value::Boolean(value) => b.boolean(*value),
        Value::Number(text) => number::exact(text).map_or_else(|| b.text(text), |number| b.number(number)),
        Value::Text(text) => b.text(text),
        Value::Choices(choices) => b.list(choices.iter().map(|choice| b.text(choice))),
    })
}
