//! One event of a proof: its text, what opens its values, and its path to the checkpoint's root.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ProofError, ShownEvent};
use crate::ledger::event::{Entry, VERSION};
use crate::ledger::sqlite::SealedEvent;
use crate::ledger::{
    Digest, EventKind, Head, LedgerError, SealError, Subtrees, commitment, inclusion_path, leaf_hash, placeholder,
    root_of_path,
};

/// An event with all that shows that it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvenEvent {
    /// The position in the ledger, from 0.
    pub seq: u64,
    /// The exact text that is hashed.
    pub entry: String,
    /// What opens each sealed value, in the order in which they stand in the entry; none for a value that is not shown.
    pub openings: Vec<Option<Opening>>,
    /// The hashes beside the way from the leaf up to the root of the checkpoint.
    pub path: Vec<Digest>,
}

/// What opens one commitment and no other.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The salt.
    pub salt: Salt,
    /// The JSON text of the value.
    pub value: String,
}

/// A salt, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut salt = [0; 32];
        hex::decode_to_slice(String::deserialize(deserializer)?, &mut salt).map_err(serde::de::Error::custom)?;
        Ok(Self(salt))
    }
}

impl std::fmt::Debug for Opening {
    /// Without the value: logs are kept longer than values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}

impl ProvenEvent {
    /// The event with its path to the root of a tree. A value that was erased is not shown.
    pub(super) fn new<S: Subtrees<Error = LedgerError>>(
        tree: &S,
        size: u64,
        event: SealedEvent,
    ) -> Result<Self, LedgerError> {
        let SealedEvent { seq, entry, openings } = event;
        let seal = |source| LedgerError::Seal { seq, source };
        let openings = match openings {
            Some(opened) => opened
                .values()
                .iter()
                .zip(0..)
                .map(|(value, number)| Some(Opening { salt: Salt(opened.salt(number)), value: value.clone() }))
                .collect(),
            None => placeholder::find(&entry).map_err(seal)?.iter().map(|_| None).collect(),
        };
        Ok(Self { seq, path: inclusion_path(tree, seq, size)?, entry, openings })
    }

    /// What the event says, if it stands under a head, is of a kind, and its values are those that were committed to.
    pub(super) fn check(&self, part: &str, kind: EventKind, head: &Head) -> Result<ShownEvent, ProofError> {
        let broken = |what: String| ProofError::broken(part, what);
        let root = root_of_path(leaf_hash(self.entry.as_bytes()), self.seq, head.size, &self.path);
        if root != Some(head.root) {
            let what =
                format!("its text, place or path was changed: it does not stand as event {} under the root", self.seq);
            return Err(broken(what));
        }
        let entry = Entry::read(&self.entry).map_err(|error| broken(format!("it is no entry: {error}")))?;
        if entry.v != VERSION {
            return Err(broken(format!("its entry has the form {}, which this release does not know", entry.v)));
        }
        if entry.kind != kind.as_str() {
            return Err(broken(format!("it is of the kind `{}`, not `{kind}`", entry.kind)));
        }
        let body = entry.body.get();
        let (opened, hidden) = self.open(body).map_err(|error| broken(error.to_string()))?;
        Ok(ShownEvent {
            seq: self.seq,
            kind,
            at: entry.at.into_owned(),
            actor: entry.actor.into_owned(),
            committed: body.to_owned(),
            body: opened,
            shown: self.openings.len() - hidden,
            hidden,
        })
    }

    /// The body with the values that are shown, and how many are not.
    fn open(&self, body: &str) -> Result<(String, usize), SealError> {
        let places = placeholder::find_exact(body)?;
        if places.len() != self.openings.len() {
            return Err(SealError::Count { places: places.len(), values: self.openings.len() });
        }
        let (mut opened, mut rest, mut hidden) = (String::new(), 0, 0);
        for (index, ((at, standing), opening)) in places.iter().zip(&self.openings).enumerate() {
            let Some(Opening { salt, value }) = opening else {
                hidden += 1;
                continue;
            };
            if commitment(&salt.0, value) != *standing {
                return Err(SealError::Mismatch { index, standing: *standing });
            }
            opened.push_str(body.get(rest..*at).unwrap_or_default());
            opened.push_str(value);
            rest = at + placeholder::LENGTH;
        }
        opened.push_str(body.get(rest..).unwrap_or_default());
        Ok((opened, hidden))
    }
}
