//! Events: the exact text that is hashed, and what is read back.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Digest;

macro_rules! kinds {
    ($($(#[$doc:meta])+ $name:ident = $text:literal,)+) => {
        /// What happened. Its text is kebab-case and never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub enum EventKind {
            $($(#[$doc])+ $name,)+
        }

        impl EventKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The text of the kind.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

kinds! {
    /// A suggestion was decided.
    Decision = "decision",
    /// Acting on a decision began.
    EffectBegun = "effect-begun",
    /// Acting on a decision ended.
    EffectDone = "effect-done",
    /// A person approved, edited or rejected.
    Reviewed = "reviewed",
    /// A review was passed on.
    Escalated = "escalated",
    /// A review was not done in time.
    Expired = "expired",
    /// An applied value was corrected later.
    Corrected = "corrected",
    /// An applied change was taken back.
    RolledBack = "rolled-back",
    /// A module was published.
    Published = "published",
    /// A published module was withdrawn: no new set may name it.
    Yanked = "yanked",
    /// A policy set was proposed.
    SetProposed = "set-proposed",
    /// A proposed policy set was approved.
    SetApproved = "set-approved",
    /// A policy set became the active one.
    Activated = "activated",
    /// A rollout changed its share.
    RolloutStep = "rollout-step",
    /// Decisions were drawn for an audit.
    Sampled = "sampled",
    /// A drawn decision was audited.
    Audited = "audited",
    /// Personal values were destroyed.
    Erased = "erased",
    /// Values were put under a legal hold.
    Held = "held",
    /// A legal hold ended.
    Released = "released",
    /// Somebody was given a token to come in with.
    TokenCreated = "token-created",
    /// A token was made worthless.
    TokenRevoked = "token-revoked",
}

/// A text that names no kind of event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of event")]
pub struct UnknownKind(String);

impl FromStr for EventKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Self::ALL.iter().find(|kind| kind.as_str() == text);
        found.copied().ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl TryFrom<String> for EventKind {
    type Error = UnknownKind;

    fn try_from(text: String) -> Result<Self, UnknownKind> {
        text.parse()
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The version of the form of an entry.
pub(super) const VERSION: u32 = 1;

/// The parts of an entry's text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry<'e> {
    pub v: u32,
    #[serde(borrow)]
    pub kind: Cow<'e, str>,
    #[serde(borrow)]
    pub at: Cow<'e, str>,
    #[serde(borrow)]
    pub actor: Cow<'e, str>,
    /// The body exactly as written.
    #[serde(borrow)]
    pub body: &'e RawValue,
}

impl<'e> Entry<'e> {
    pub(super) fn read(entry: &'e str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(entry)
    }
}

/// The version of an entry's form and the text of its body, found without reading through the body: it is the last part of
/// an entry, and the text in front of it stands nowhere else before it, because in a JSON string a quote has a backslash
/// before it. None if this is no entry of ours.
pub(super) fn version_and_body(entry: &str) -> Option<(u32, &str)> {
    let (head, rest) = entry.split_once(BODY)?;
    let version = head.strip_prefix("{\"v\":")?.split(',').next()?.parse().ok()?;
    Some((version, rest.strip_suffix('}')?))
}

/// What stands before the body of an entry.
const BODY: &str = ",\"body\":";

/// Writes an entry: these bytes are hashed, so their form never changes.
pub(super) fn write(kind: EventKind, at: &str, actor: &str, body: &str) -> Result<String, serde_json::Error> {
    let (at, actor) = (serde_json::to_string(at)?, serde_json::to_string(actor)?);
    Ok(format!("{{\"v\":{VERSION},\"kind\":\"{kind}\",\"at\":{at},\"actor\":{actor}{BODY}{body}}}"))
}

/// An event as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The position in the ledger, from 0: also the index of the leaf.
    pub seq: u64,
    /// What happened.
    pub kind: EventKind,
    /// When, as RFC 3339.
    pub at: String,
    /// Who or what caused it.
    pub actor: String,
    /// The leaf hash of the entry.
    pub leaf: Digest,
    /// The exact text that is hashed, with commitments in place of personal values.
    pub entry: String,
    /// The JSON text of the body with its values put back; `None` when they were erased.
    pub body: Option<String>,
}

/// A decision as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The position in the ledger, from 0.
    pub seq: u64,
    /// The leaf hash of the entry.
    pub leaf: Digest,
    /// The exact text that is hashed, with commitments in place of personal values.
    pub entry: String,
    /// The JSON text of the body with its values put back; `None` when they were erased.
    pub body: Option<String>,
    /// The digest of everything that was judged; `None` when the values were erased.
    pub input_digest: Option<Digest>,
}

impl Recorded {
    /// The body as it stands in the entry, with commitments in place of personal values: what everybody may see.
    ///
    /// # Errors
    /// If the entry is none.
    pub fn sealed_body(&self) -> Result<Box<RawValue>, serde_json::Error> {
        Entry::read(&self.entry).map(|entry| entry.body.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_what_it_writes() {
        for kind in EventKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        assert_eq!(EventKind::ALL.len(), 21);
        assert_eq!("made-up".parse::<EventKind>().unwrap_err().to_string(), "`made-up` is no kind of event");
    }

    #[test]
    fn the_text_of_an_entry_is_the_agreed_one() {
        let at = "2026-11-20T09:00:00.123Z";
        let text = write(EventKind::Decision, at, "a \"cli\"\n", "{\"x\":1.0}").unwrap();
        let agreed =
            r#"{"v":1,"kind":"decision","at":"2026-11-20T09:00:00.123Z","actor":"a \"cli\"\n","body":{"x":1.0}}"#;
        assert_eq!(text, agreed);
        let entry = Entry::read(&text).unwrap();
        assert_eq!((entry.v, &*entry.kind, &*entry.at, &*entry.actor), (1, "decision", at, "a \"cli\"\n"));
        assert_eq!(entry.body.get(), "{\"x\":1.0}");
        assert_eq!(version_and_body(&text), Some((1, "{\"x\":1.0}")));
        let sly = write(EventKind::Decision, at, ",\"body\":{}", "{\"y\":{\"body\":2}}").unwrap();
        assert_eq!(version_and_body(&sly), Some((1, "{\"y\":{\"body\":2}}")));
        assert!(Entry::read(&agreed.replace("\"v\":1", "\"v\":1,\"v\":1")).is_err());
        assert!(Entry::read(&agreed.replace("\"v\":1", "\"v\":1,\"w\":1")).is_err());
    }
}
