//! Why nobody who is trusted vouches for a component.

use jiff::Timestamp;

use super::KeyId;
use crate::model::Digest;

/// Why nobody who is trusted vouches for a component.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// There is no signature at all.
    #[error(
        "there is no signature: sign it with `countersign policy sign`, or name the file of a signature with --bundle"
    )]
    NoSignature,
    /// A file is something else.
    #[error("what should be its signature is neither a Sigstore bundle nor a DSSE envelope: {why}")]
    NotABundle {
        /// What is wrong with it.
        why: String,
    },
    /// Nobody who is known signed it.
    #[error("it is signed by no key that is known here{}", named(hint.as_ref()))]
    UnknownKey {
        /// The key that the signature names, if it names one as keys are named here.
        hint: Option<KeyId>,
    },
    /// The signature names a key that is known, and does not hold.
    #[error(
        "its signature names the key {name} ({key}) and does not hold: it was changed after it was signed, or another key made it"
    )]
    Broken {
        /// The key's name.
        name: String,
        /// The key.
        key: KeyId,
    },
    /// The key counts no longer.
    #[error("it is signed by the key {name} ({key}), which was revoked at {at}: {reason}")]
    Revoked {
        /// The key's name.
        name: String,
        /// The key.
        key: KeyId,
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Something else is signed than where a component came from.
    #[error(
        "what is signed is no statement of where a component came from (in-toto Statement v1, SLSA provenance v1): {why}"
    )]
    OtherType {
        /// What it is instead.
        why: String,
    },
    /// The signature is of another component.
    #[error("it is the signature of other bytes, of {signed}; this component is {component}")]
    OtherBytes {
        /// The component that is here.
        component: Digest,
        /// What is signed.
        signed: String,
    },
    /// Nobody is trusted to vouch for such a module.
    #[error("no rule says who vouches for `{name}`")]
    NoRule {
        /// The module's name.
        name: String,
    },
    /// Not enough of those who are to vouch for it did.
    #[error("the rule for {modules} asks for {needed} of the keys {of}; there {have}{rest}")]
    TooFew {
        /// The rule, by the names that it is for.
        modules: String,
        /// How many signatures are asked for.
        needed: usize,
        /// The keys that count.
        of: String,
        /// Those that signed.
        have: String,
        /// What else there is, and why it does not count.
        rest: String,
    },
}

impl Untrusted {
    /// The reason as a word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSignature => "no-signature",
            Self::NotABundle { .. } => "not-a-bundle",
            Self::UnknownKey { .. } => "unknown-key",
            Self::Broken { .. } => "broken-signature",
            Self::Revoked { .. } => "revoked-key",
            Self::OtherType { .. } => "other-type",
            Self::OtherBytes { .. } => "other-bytes",
            Self::NoRule { .. } => "no-rule",
            Self::TooFew { .. } => "too-few-signers",
        }
    }
}

fn named(hint: Option<&KeyId>) -> String {
    hint.map_or_else(String::new, |key| format!("; it names the key {key}"))
}
