//! Seals personal values: what is hashed holds a commitment, the value stands elsewhere.
//!
//! The commitment to the value number `i` (from 0, in the order of appearance in the body) is
//! `SHA-256("countersign.sealed.v1\n" || salt_i || value)`, where `value` is the JSON text and
//! `salt_i = HMAC-SHA256(seed, "salt" || i as u32, big endian)`. Every event has a seed of its own.
//! Without the seed nobody can test a guess; with one salt one value can be shown and no other.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Digest, keyed, placeholder};

/// Why values could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A value has no JSON text.
    #[error("a value cannot be sealed, because it has no JSON text: {0}")]
    Value(#[source] serde_json::Error),
    /// More values than positions.
    #[error("an event cannot hold more than {} sealed values", u32::MAX)]
    TooMany,
    /// The body is not the text of one JSON object.
    #[error("the body is not one JSON object: {0}")]
    Body(#[source] serde_json::Error),
    /// A placeholder without a proper commitment.
    #[error("the body has a malformed sealed value at byte {at}")]
    Malformed {
        /// The byte where it starts.
        at: usize,
    },
    /// The key `sealed` stands where this room did not put it.
    #[error(
        "the body has the key `sealed` {keys} times but {places} sealed values: \
             that key is reserved; rename or quote the data that brought it"
    )]
    Forged {
        /// How often the key stands in the body.
        keys: usize,
        /// How many placeholders stand in the body.
        places: usize,
    },
    /// The body and the openings do not belong together.
    #[error("the body has {places} sealed values, but {values} are given to open them")]
    Count {
        /// How many placeholders stand in the body.
        places: usize,
        /// How many values there are.
        values: usize,
    },
    /// A value is not the one that was committed to, or not at its place.
    #[error(
        "sealed value {index} does not match its commitment {standing}: \
             it was changed, or values were not sealed in the order in which the body holds them"
    )]
    Mismatch {
        /// The position of the value, from 0.
        index: usize,
        /// The commitment that stands in the body.
        standing: Digest,
    },
    /// Stored openings that cannot be read.
    #[error("the stored values are not a JSON list: {0}")]
    Stored(#[source] serde_json::Error),
}

/// A commitment that stands in for one value. Serialises to `{"sealed":"<64 hex>"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed(Digest);

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Sealed", 1)?;
        object.serialize_field("sealed", &format_args!("{:x}", self.0))?;
        object.end()
    }
}

/// Seals the values of one event, in the order in which the body will hold them.
pub struct Sealer {
    openings: Openings,
}

impl Sealer {
    /// A sealer for one event. The seed must be random and used for no other event.
    #[must_use]
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { openings: Openings { seed, values: Vec::new() } }
    }

    /// Seals the next value: put what is returned into the body before any value sealed later.
    pub fn seal(&mut self, value: &impl Serialize) -> Result<Sealed, SealError> {
        let text = serde_json::to_string(value).map_err(SealError::Value)?;
        let index = u32::try_from(self.openings.values.len()).map_err(|_| SealError::TooMany)?;
        let sealed = Sealed(commitment(&salt(&self.openings.seed, index), &text));
        self.openings.values.push(text);
        Ok(sealed)
    }

    /// What opens the sealed values again.
    #[must_use]
    pub fn finish(self) -> Openings {
        self.openings
    }
}

/// The values of one event and the seed of their salts. Destroying this erases the values.
#[derive(Clone, PartialEq, Eq)]
pub struct Openings {
    seed: [u8; 32],
    values: Vec<String>,
}

impl Openings {
    /// Puts stored openings together: the seed, and the values as one JSON list.
    pub fn from_stored(seed: [u8; 32], values: &str) -> Result<Self, SealError> {
        let values: Vec<&RawValue> = serde_json::from_str(values).map_err(SealError::Stored)?;
        Ok(Self { seed, values: values.iter().map(|value| value.get().to_owned()).collect() })
    }

    /// The seed of the salts.
    #[must_use]
    pub const fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The JSON texts of the values, in order of appearance.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// The values as one JSON list that keeps each text byte for byte.
    #[must_use]
    pub fn stored_values(&self) -> String {
        format!("[{}]", self.values.join(","))
    }

    /// The salt of the value number `index`: with the value, it proves that one commitment alone.
    #[must_use]
    pub fn salt(&self, index: u32) -> [u8; 32] {
        salt(&self.seed, index)
    }
}

impl fmt::Debug for Openings {
    /// Tells how many values there are and none of them: logs are kept longer than values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Openings").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

fn salt(seed: &[u8; 32], index: u32) -> [u8; 32] {
    keyed::keyed(seed, &[b"salt", &index.to_be_bytes()])
}

/// The commitment to a value's JSON text under a salt.
#[must_use]
pub fn commitment(salt: &[u8; 32], value: &str) -> Digest {
    Digest::of_parts(&[b"countersign.sealed.v1\n", salt, value.as_bytes()])
}

/// The body with each placeholder replaced by its value.
///
/// Every value is held against its commitment first, so nothing else can be shown as recorded.
/// Values go in as they are: a placeholder inside a value is part of that value and stays. The
/// body must be valid JSON, as every recorded body is.
pub fn open(body: &str, openings: &Openings) -> Result<String, SealError> {
    splice(body, &placeholder::find(body)?, openings)
}

/// The body with each placeholder replaced by the value in its place of a stored list, without holding it against its
/// commitment.
pub(super) fn fill(body: &str, stored_values: &str) -> Result<String, SealError> {
    let values: Vec<&RawValue> = serde_json::from_str(stored_values).map_err(SealError::Stored)?;
    let starts = placeholder::starts(body);
    let mut filled = String::with_capacity(body.len() + stored_values.len());
    let (mut rest, mut places) = (0, 0);
    for (at, value) in starts.zip(&values) {
        filled.push_str(body.get(rest..at).unwrap_or_default());
        filled.push_str(value.get());
        rest = at + placeholder::LENGTH;
        places += 1;
    }
    filled.push_str(body.get(rest..).unwrap_or_default());
    let left = body.get(rest..).map_or(0, |left| placeholder::starts(left).count());
    if places == values.len() && left == 0 {
        return Ok(filled);
    }
    Err(SealError::Count { places: places + left, values: values.len() })
}

/// As [`open`], and proves that the body is valid and holds no forged placeholder.
pub(super) fn open_exact(body: &str, openings: Option<&Openings>) -> Result<String, SealError> {
    let places = placeholder::find_exact(body)?;
    match openings {
        Some(openings) => splice(body, &places, openings),
        None if places.is_empty() => Ok(body.to_owned()),
        None => Err(SealError::Count { places: places.len(), values: 0 }),
    }
}

fn splice(body: &str, places: &[(usize, Digest)], openings: &Openings) -> Result<String, SealError> {
    if places.len() != openings.values.len() {
        return Err(SealError::Count { places: places.len(), values: openings.values.len() });
    }
    let values: usize = openings.values.iter().map(String::len).sum();
    let mut opened = String::with_capacity(body.len() + values);
    let mut rest = 0;
    for (index, ((at, standing), value)) in places.iter().zip(&openings.values).enumerate() {
        let number = u32::try_from(index).map_err(|_| SealError::TooMany)?;
        if commitment(&openings.salt(number), value) != *standing {
            return Err(SealError::Mismatch { index, standing: *standing });
        }
        opened.push_str(body.get(rest..*at).unwrap_or_default());
        opened.push_str(value);
        rest = at + placeholder::LENGTH;
    }
    opened.push_str(body.get(rest..).unwrap_or_default());
    Ok(opened)
}

#[cfg(test)]
mod tests;
