//! The keys that modules are signed with: Ed25519, in the PEM that other tools read and write.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _, KeypairBytes,
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Serialize, Serializer};

use crate::model::{Digest, NotADigest};

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is something else.
    #[error("it holds no public Ed25519 key; that begins with -----BEGIN PUBLIC KEY-----")]
    NotPublic,
    /// It is something else.
    #[error(
        "it holds no secret Ed25519 key without a password; that begins with -----BEGIN PRIVATE KEY-----, and `countersign key new` \
         makes one"
    )]
    NotSecret,
    /// Signatures of such a key hold for other bytes too.
    #[error("it is a weak key, whose signatures prove nothing")]
    Weak,
}

/// What tells a key from others: the SHA-256 digest of its public part as DER (SPKI), written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(Digest);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::LowerHex::fmt(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        text.parse().map(Self)
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What signatures are verified with. Everybody may have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    id: KeyId,
    pem: String,
    key: VerifyingKey,
}

impl PublicKey {
    fn new(key: VerifyingKey) -> Result<Self, KeyError> {
        let der = key.to_public_key_der().map_err(|_| KeyError::NotPublic)?;
        let pem = key.to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::NotPublic)?;
        Ok(Self { id: KeyId(Digest::of(der.as_bytes())), pem, key })
    }

    /// Reads a public key in PEM (SPKI).
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_public_key_pem(text.trim()).map_err(|_| KeyError::NotPublic)?;
        if key.is_weak() { Err(KeyError::Weak) } else { Self::new(key) }
    }

    /// What tells it from others.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The key in PEM (SPKI), with a line's end at its end.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Refuses also what some verifiers take and others do not: RFC 8032 leaves room there.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// What signatures are made with. Its owner alone may have it.
pub struct SecretKey {
    public: PublicKey,
    key: SigningKey,
}

impl SecretKey {
    /// The key that is made of 32 random bytes.
    ///
    /// # Errors
    /// [`KeyError`] never comes of random bytes.
    pub fn new(seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::of(SigningKey::from_bytes(seed))
    }

    fn of(key: SigningKey) -> Result<Self, KeyError> {
        Ok(Self { public: PublicKey::new(key.verifying_key())?, key })
    }

    /// Reads a secret key in PEM (PKCS#8).
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        Self::of(SigningKey::from_pkcs8_pem(text.trim()).map_err(|_| KeyError::NotSecret)?)
    }

    /// The key in PEM (PKCS#8), without a line's end at its end. Anybody can sign with it.
    ///
    /// # Errors
    /// [`KeyError`] never comes of a key that is one.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        // Without the public key beside it, which is the form that every tool reads.
        let alone = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        let pem = alone.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::NotSecret)?;
        Ok(pem.trim_end().to_owned())
    }

    /// What its signatures are verified with.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret and the public key of RFC 8410, section 10.
    const SECRET: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";

    #[test]
    fn the_keys_of_the_rfc_are_read_and_written() {
        let secret = SecretKey::from_pem(SECRET).unwrap();
        assert_eq!(secret.to_pem().unwrap(), SECRET.trim_end());
        assert_eq!(secret.public().pem(), PUBLIC);
        assert_eq!(&PublicKey::from_pem(PUBLIC).unwrap(), secret.public());
        let lines_of_windows = PUBLIC.replace('\n', "\r\n");
        assert_eq!(&PublicKey::from_pem(&lines_of_windows).unwrap(), secret.public());
        let id = secret.public().id();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 64);
        assert!(!format!("{secret:?}").contains("212, 238"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for wrong in ["", "x", SECRET, &PUBLIC.replace("MCow", "MCox"), &PUBLIC.replace("PUBLIC", "PUBLISHED")] {
            assert_eq!(PublicKey::from_pem(wrong).unwrap_err(), KeyError::NotPublic, "{wrong}");
        }
        for wrong in ["", "x", PUBLIC, &SECRET.replace("MC4C", "MC4D")] {
            assert_eq!(SecretKey::from_pem(wrong).unwrap_err(), KeyError::NotSecret, "{wrong}");
        }
        // The neutral element: with it, one signature holds for every message.
        let weak = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n-----END PUBLIC KEY-----\n";
        assert_eq!(PublicKey::from_pem(weak).unwrap_err(), KeyError::Weak);
    }

    #[test]
    fn a_signature_holds_for_its_message_and_key_alone() {
        let (one, other) = (SecretKey::new(&[1; 32]).unwrap(), SecretKey::new(&[2; 32]).unwrap());
        let signature = one.sign(b"message");
        assert!(one.public().verifies(b"message", &signature));
        assert!(!one.public().verifies(b"massage", &signature));
        assert!(!other.public().verifies(b"message", &signature));
        assert_ne!(one.public().id(), other.public().id());
    }
}
