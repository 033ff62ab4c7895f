//! Finds the commitments that stand in a body in place of personal values.
//!
//! A placeholder is exactly `{"sealed":"<64 lower-case hexadecimal digits>"}`. Its first eleven
//! bytes, `{"sealed":"`, cannot come from inside a JSON string, where each quote has a backslash
//! before it; and a string that ends in `{` is not followed by `sealed`. So in valid JSON a
//! textual search finds objects and nothing else. Other spellings of such an object (spaces, an
//! escaped key, more keys) are found by [`sealed_keys`] and refused, so that a body can never hold
//! an object with the key `sealed` that is not ours.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Digest, SealError};

const START: &str = "{\"sealed\":\"";
const END: &str = "\"}";
const HEX: usize = 64;

/// The length of a placeholder, in bytes.
pub(super) const LENGTH: usize = START.len() + HEX + END.len();

/// Writes a placeholder.
#[cfg(test)]
pub(super) fn place(commitment: &Digest) -> String {
    format!("{START}{commitment:x}{END}")
}

/// Where each placeholder starts and what it commits to, in order. The text must be valid JSON.
pub(super) fn find(body: &str) -> Result<Vec<(usize, Digest)>, SealError> {
    body.match_indices(START)
        .map(|(at, _)| {
            let digits = at + START.len();
            let commitment = body.get(digits..digits + HEX).and_then(|text| text.parse().ok());
            let ends = body.get(digits + HEX..at + LENGTH) == Some(END);
            commitment.filter(|_| ends).map(|commitment| (at, commitment)).ok_or(SealError::Malformed { at })
        })
        .collect()
}

/// Where each placeholder starts, in order. The text must be the body of a recorded event.
pub(super) fn starts(body: &str) -> impl Iterator<Item = usize> {
    body.match_indices(START).map(|(at, _)| at)
}

/// How often the key `sealed` stands anywhere in the text, however it is written.
///
/// Fails if the text is not one JSON object.
pub(super) fn sealed_keys(body: &str) -> Result<usize, serde_json::Error> {
    let mut keys = 0;
    let mut json = serde_json::Deserializer::from_str(body);
    json.deserialize_map(Count(&mut keys))?;
    json.end()?;
    Ok(keys)
}

struct Count<'c>(&'c mut usize);

impl<'de> DeserializeSeed<'de> for Count<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Count<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(Key)? {
            *self.0 += usize::from(key == "sealed");
            map.next_value_seed(Count(self.0))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Count(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A key with its escapes resolved, copied only where it has some.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

/// Both views of a body must agree: every object with the key `sealed` is a placeholder of ours.
pub(super) fn find_exact(body: &str) -> Result<Vec<(usize, Digest)>, SealError> {
    let keys = sealed_keys(body).map_err(SealError::Body)?;
    let places = find(body)?;
    if !body.starts_with('{') || !body.ends_with('}') {
        return Err(SealError::Body(serde_json::Error::custom("there is space around the object")));
    }
    if keys != places.len() {
        return Err(SealError::Forged { keys, places: places.len() });
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_strings_are_no_placeholders() {
        let ours = place(&Digest::of(b"x"));
        let texts = [ours.as_str(), START, "{", "\\{", "sealed", "\"{", "\\\"{\"sealed\":\"", "{\\"];
        for text in texts {
            let body = serde_json::json!({ "a": text, format!("{text} "): [text, { "b": text }] });
            assert_eq!(find_exact(&body.to_string()).unwrap(), [], "{body}");
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let hex = format!("{:x}", Digest::of(b"x"));
        let forged = [
            r#"{"a":{"sealed" :"HEX"}}"#,
            r#"{"a":{ "sealed":"HEX"}}"#,
            r#"{"a":{"\u0073ealed":"HEX"}}"#,
            r#"{"a":{"sealed":"HEX","b":1}}"#,
            r#"{"a":{"b":1,"sealed":"HEX"}}"#,
            r#"{"a":{"sealed":null}}"#,
            r#"{"a":{"sealed":""}}"#,
            r#"{"a":{"sealed":"HE\u0058"}}"#,
            r#"{"a":{"sealed":"HEX0"}}"#,
        ];
        for body in forged {
            assert!(find_exact(&body.replace("HEX", &hex)).is_err(), "{body}");
        }
        let upper = format!("{{\"a\":{{\"sealed\":\"{}\"}}}}", hex.to_uppercase());
        assert!(matches!(find_exact(&upper), Err(SealError::Malformed { at: 5 })));
        let good = format!("{{\"a\":{}}}", place(&Digest::of(b"x")));
        assert_eq!(find_exact(&good).unwrap(), [(5, Digest::of(b"x"))]);
    }

    #[test]
    fn only_one_object_is_a_body() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        for body in ["", "1", "[]", "{}{}", "{},\"x\":{}", "{", "{\"a\":}", " {}", "{}\n", &deep] {
            assert!(matches!(find_exact(body), Err(SealError::Body(_))), "{body}");
        }
        assert_eq!(find_exact("{}").unwrap(), []);
    }
}
