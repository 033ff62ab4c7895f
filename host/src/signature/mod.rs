//! Signatures of modules that stand beside them, so that a component's digest never changes: who signs, what is signed, and
//! whose signature a deployment asks for. A component is hashed here and never parsed.

mod bundle;
mod check;
mod envelope;
mod key;
mod statement;
mod trust;
mod untrusted;

#[cfg(test)]
mod tests;

pub use bundle::sign;
pub use check::Signer;
pub use envelope::LONGEST_BUNDLE;
pub use key::{KeyError, KeyId, PublicKey, SecretKey};
pub use statement::{Material, NotAMaterial, NotAUri, Origin, Statement, Uri};
pub use trust::{Trust, TrustError};
pub use untrusted::Untrusted;
