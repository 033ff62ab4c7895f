//! Keys that an issuer signs with, and what is none.

use openidconnect::core::{
    CoreHmacKey, CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey,
};
use openidconnect::{CsrfToken, JsonWebKeyId, PrivateSigningKey, SigningError};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData, SigningKey};

/// A key, and what is signed with it.
pub struct Key {
    pub algorithm: CoreJwsSigningAlgorithm,
    pub id: String,
    secret: Secret,
}

enum Secret {
    /// One that is not made anew, because that takes long: `openssl genrsa -traditional 2048`. It protects nothing.
    Rsa(Box<CoreRsaPrivateSigningKey>),
    /// On a curve.
    Pair(Box<KeyPair>),
    /// A text that both sides know.
    Shared(CoreHmacKey),
    /// Nothing.
    None,
}

impl Key {
    /// A key for an algorithm, with an id of its own.
    pub fn new(algorithm: &CoreJwsSigningAlgorithm) -> Self {
        Self::with_id(algorithm, CsrfToken::new_random().secret())
    }

    /// A key for an algorithm that passes for another one.
    pub fn with_id(algorithm: &CoreJwsSigningAlgorithm, id: &str) -> Self {
        let pair = |algorithm| Secret::Pair(Box::new(KeyPair::generate_for(algorithm).unwrap()));
        let secret = match algorithm {
            CoreJwsSigningAlgorithm::EdDsa => pair(&PKCS_ED25519),
            CoreJwsSigningAlgorithm::EcdsaP256Sha256 => pair(&PKCS_ECDSA_P256_SHA256),
            CoreJwsSigningAlgorithm::EcdsaP384Sha384 => pair(&PKCS_ECDSA_P384_SHA384),
            CoreJwsSigningAlgorithm::None => Secret::None,
            _ => Secret::Rsa(Box::new(CoreRsaPrivateSigningKey::from_pem(include_str!("rsa.pem"), None).unwrap())),
        };
        Self { algorithm: algorithm.clone(), id: id.to_owned(), secret }
    }

    /// A text instead of a key.
    pub fn shared(text: &str) -> Self {
        let secret = Secret::Shared(CoreHmacKey::new(text));
        Self { algorithm: CoreJwsSigningAlgorithm::HmacSha256, id: String::new(), secret }
    }
}

impl PrivateSigningKey for Key {
    type VerificationKey = CoreJsonWebKey;

    fn sign(&self, algorithm: &CoreJwsSigningAlgorithm, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        match &self.secret {
            Secret::Rsa(key) => key.sign(algorithm, message),
            Secret::Shared(key) => key.sign(algorithm, message),
            Secret::None => Ok(Vec::new()),
            Secret::Pair(pair) => {
                let signature = pair.sign(message).unwrap();
                Ok(match algorithm {
                    CoreJwsSigningAlgorithm::EcdsaP256Sha256 => fixed(&signature, 32),
                    CoreJwsSigningAlgorithm::EcdsaP384Sha384 => fixed(&signature, 48),
                    _ => signature,
                })
            }
        }
    }

    fn as_verification_key(&self) -> CoreJsonWebKey {
        let id = Some(JsonWebKeyId::new(self.id.clone()));
        match &self.secret {
            Secret::Rsa(key) => {
                // The key that is read has no id.
                let mut key = serde_json::to_value(key.as_verification_key()).unwrap();
                key["kid"] = self.id.clone().into();
                serde_json::from_value(key).unwrap()
            }
            Secret::Shared(key) => key.as_verification_key(),
            Secret::None => CoreHmacKey::new("").as_verification_key(),
            Secret::Pair(pair) if self.algorithm == CoreJwsSigningAlgorithm::EdDsa => {
                CoreJsonWebKey::new_okp(pair.der_bytes().to_vec(), CoreJsonCurveType::Ed25519, id)
            }
            Secret::Pair(pair) => {
                // Behind a byte that says that both are there.
                let point = &pair.der_bytes()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let curve = if x.len() == 32 { CoreJsonCurveType::P256 } else { CoreJsonCurveType::P384 };
                CoreJsonWebKey::new_ec(x.to_vec(), y.to_vec(), curve, id)
            }
        }
    }
}

/// The two numbers of a signature, each in so many bytes, out of ASN.1: a sequence of two integers, all of them short.
fn fixed(signature: &[u8], length: usize) -> Vec<u8> {
    let mut fixed = Vec::new();
    let mut rest = &signature[2..];
    for _ in 0..2 {
        let (number, after) = rest[2..].split_at(rest[1].into());
        // A zero may stand in front; short numbers are shorter.
        let number = &number[number.len().saturating_sub(length)..];
        fixed.extend(std::iter::repeat_n(0, length - number.len()));
        fixed.extend(number);
        rest = after;
    }
    fixed
}
