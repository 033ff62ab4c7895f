//! The keys of signed notes: Ed25519, with the name of whoever signs (<https://c2sp.org/signed-note>).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::Digest;

/// The identifier byte of plain Ed25519 signatures.
const ED25519: u8 = 1;
/// What a text of a signing key begins with, as in Go's package `golang.org/x/mod/sumdb/note`, which can read it.
const PRIVATE: &str = "PRIVATE+KEY+";

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text has another form.
    #[error("it has not the form {PRIVATE}NAME+ID+BASE64 of a signing key")]
    NotASigningKey,
    /// The text has another form.
    #[error("it has not the form NAME+ID+BASE64 of a verifier key")]
    NotAVerifierKey,
    /// The key is not an Ed25519 key.
    #[error("it is no Ed25519 key, which alone is supported")]
    Algorithm,
    /// A character was changed, or the parts are of two keys.
    #[error("its id is not that of its name and key: a character was changed")]
    Id,
    /// A name that no note can hold.
    #[error("a key's name is not empty, and has no spaces, control characters and no `+`")]
    Name,
}

/// What tells a key from others: its name, and four bytes of a hash over name and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyId {
    pub name: String,
    pub id: [u8; 4],
}

/// A public key with its name. Its text is what others keep, and can be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    id: KeyId,
    key: VerifyingKey,
}

/// A secret key with its name.
pub struct NoteSigner {
    public: VerifierKey,
    key: SigningKey,
}

impl NoteSigner {
    /// The key with a name that is made of 32 random bytes.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        Ok(Self { public: VerifierKey::new(name, key.verifying_key())?, key })
    }

    /// Reads the text of a signing key.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let rest = text.trim_end().strip_prefix(PRIVATE).ok_or(KeyError::NotASigningKey)?;
        let (name, seed) = parts(rest).ok_or(KeyError::NotASigningKey)??;
        let signer = Self::new(name, &seed)?;
        if signer.secret_text() == text.trim_end() { Ok(signer) } else { Err(KeyError::Id) }
    }

    /// The text of the key, with which anybody can sign: keep it secret.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let KeyId { name, id } = &self.public.id;
        format!("{PRIVATE}{name}+{}+{}", hex::encode(id), encoded(self.key.as_bytes()))
    }

    /// What others verify with.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for NoteSigner {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteSigner").field("public", &self.public).finish_non_exhaustive()
    }
}

impl VerifierKey {
    fn new(name: &str, key: VerifyingKey) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let hash = Digest::of_parts(&[name.as_bytes(), b"\n", &[ED25519], key.as_bytes()]);
        let [a, b, c, d, ..] = *hash.as_bytes();
        Ok(Self { id: KeyId { name: name.to_owned(), id: [a, b, c, d] }, key })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.id.name
    }

    pub(super) const fn id(&self) -> &KeyId {
        &self.id
    }

    /// Refuses also what some verifiers take and others do not: RFC 8032 leaves room there.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.id.name, hex::encode(self.id.id), encoded(self.key.as_bytes()))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim_end();
        let (name, bytes) = parts(text).ok_or(KeyError::NotAVerifierKey)??;
        let key = VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).ok_or(KeyError::Algorithm)?;
        let key = Self::new(name, key)?;
        if key.to_string() == text { Ok(key) } else { Err(KeyError::Id) }
    }
}

/// The name, and the 32 bytes behind the identifier of the algorithm. Whoever asks compares the id.
fn parts(text: &str) -> Option<Result<(&str, [u8; 32]), KeyError>> {
    // The third part may hold a plus too, the others may not.
    let mut parts = text.splitn(3, '+');
    let (name, _, key) = (parts.next()?, parts.next()?, parts.next()?);
    let key = STANDARD.decode(key).ok()?;
    let Some((&ED25519, key)) = key.split_first() else { return Some(Err(KeyError::Algorithm)) };
    Some(key.try_into().map(|key| (name, key)).map_err(|_| KeyError::Algorithm))
}

fn encoded(key: &[u8; 32]) -> String {
    STANDARD.encode([&[ED25519][..], key].concat())
}

/// Whether a note can hold the name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_what_they_write() {
        let signer = NoteSigner::new("example.com/log", &[7; 32]).unwrap();
        let (secret, public) = (signer.secret_text(), signer.verifier().to_string());
        assert_eq!(NoteSigner::from_text(&secret).unwrap().secret_text(), secret);
        assert_eq!(NoteSigner::from_text(&format!("{secret}\n")).unwrap().verifier(), signer.verifier());
        assert_eq!(public.parse(), Ok(signer.verifier().clone()));
        assert!(!format!("{signer:?}").contains(secret.rsplit('+').next().unwrap()));
    }

    #[test]
    fn the_specifications_own_key_is_read() {
        let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
    }

    #[test]
    fn every_changed_character_of_a_key_is_refused() {
        let text = NoteSigner::new("example.com/log", &[7; 32]).unwrap().verifier().to_string();
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut changed = text.clone().into_bytes();
                changed[at] ^= 1 << bit;
                let changed = String::from_utf8(changed).unwrap();
                assert!(changed.parse::<VerifierKey>().is_err(), "{changed}");
            }
        }
        for wrong in
            ["", "+", "++", "a+b+c", "a+00000000+", "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"]
        {
            assert!(wrong.parse::<VerifierKey>().is_err() && NoteSigner::from_text(wrong).is_err(), "{wrong}");
        }
        for name in ["", "a b", "a+b", "a\u{a0}b", "a\nb"] {
            assert_eq!(NoteSigner::new(name, &[7; 32]).unwrap_err(), KeyError::Name, "{name:?}");
        }
        assert!(NoteSigner::new("log", &[7; 32]).is_ok());
    }
}
