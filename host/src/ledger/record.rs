//! The CRM record that a decision is about, and the keyed hash it is found under.

use std::fmt;
use std::str::FromStr;

use super::keyed;

/// Which record: the system, the kind of object, and the system's own id of it.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
pub struct RecordParts {
    /// The system, such as `hubspot`.
    pub system: String,
    /// The kind of object, such as `contact`.
    pub object: String,
    /// The id within system and kind. Personal: it never stands in a table of its own.
    pub id: String,
}

/// The length of a record's key, in bytes.
pub(super) const KEY: usize = 16;

impl fmt::Debug for RecordParts {
    /// Without the id, which is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordParts({}, {}, …)", self.system, self.object)
    }
}

/// A text that names no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a record is SYSTEM/OBJECT/ID, such as hubspot/contact/101")]
pub struct NotARecord;

impl FromStr for RecordParts {
    type Err = NotARecord;

    /// Reads `SYSTEM/OBJECT/ID`; the id may hold slashes.
    fn from_str(text: &str) -> Result<Self, NotARecord> {
        let parts: Vec<String> = text.splitn(3, '/').map(str::to_owned).collect();
        let [system, object, id] = <[String; 3]>::try_from(parts).map_err(|_| NotARecord)?;
        let whole = ![&system, &object, &id].iter().any(|part| part.is_empty() || part.contains('\0'));
        whole.then_some(Self { system, object, id }).ok_or(NotARecord)
    }
}

impl RecordParts {
    /// The record as people write it, `SYSTEM/OBJECT/ID`. The id is personal.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}/{}/{}", self.system, self.object, self.id)
    }

    /// The key that stands for the record in the index; `None` if a part holds a NUL character.
    ///
    /// NUL separates the parts: with one inside, two records could share a key, and each other's history.
    pub(super) fn key(&self, secret: &[u8; 32]) -> Option<[u8; KEY]> {
        let parts = [&self.system, &self.object, &self.id];
        if parts.iter().any(|part| part.contains('\0')) {
            return None;
        }
        let text: [&[u8]; 5] = [self.system.as_bytes(), b"\0", self.object.as_bytes(), b"\0", self.id.as_bytes()];
        keyed::keyed(secret, &text).first_chunk().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_what_it_writes() {
        for text in ["hubspot/contact/101", "a/b/c/d", "a/b//"] {
            assert_eq!(text.parse::<RecordParts>().unwrap().text(), text);
        }
        for wrong in ["", "a", "a/b", "a/b/", "/b/c", "a//c", "a/b/c\0"] {
            assert_eq!(wrong.parse::<RecordParts>(), Err(NotARecord), "{wrong:?}");
        }
    }

    #[test]
    fn a_key_depends_on_every_part_and_on_the_secret() {
        let parts = |system: &str, object: &str, id: &str| RecordParts {
            system: system.to_owned(),
            object: object.to_owned(),
            id: id.to_owned(),
        };
        let key = |record: RecordParts| record.key(&[1; 32]);
        let one = key(parts("a", "b", "c"));
        assert_eq!(one.unwrap(), keyed::keyed(&[1; 32], &[b"a\0b\0c"])[..16]);
        for other in [parts("ab", "", "c"), parts("a", "bc", ""), parts("a", "b", "d"), parts("", "ab", "c")] {
            assert_ne!(key(other), one);
        }
        assert_ne!(parts("a", "b", "c").key(&[2; 32]), one);
        assert_eq!(key(parts("a\0b", "c", "d")), None);
        assert_eq!(key(parts("a", "b", "c\0d")), None);
    }
}
