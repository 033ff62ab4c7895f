//! Tokens: what a program comes in with.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rand::random;

use super::{Permission, Role};
use crate::ledger::{Created, DraftError, Ledger, LedgerError, Receipt, token_created, token_revoked};
use crate::model::Digest;

/// What every token begins with, so that people and scanners of secrets know one when they see it.
const PREFIX: &str = "cs_";

/// The length of a token, in bytes: the prefix, and 256 random bits in base64 for addresses.
const LENGTH: usize = PREFIX.len() + 43;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 64;

/// Names that the ledger gives to others.
const TAKEN: [&str; 2] = ["cli", "countersign"];

/// What the ledger's names of people who signed in begin with: no token acts as one of them.
pub const PERSON: &str = "person-";

/// The text of a token. It is shown once and kept by nobody here.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    fn new() -> Self {
        Self(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(random::<[u8; 32]>())))
    }

    /// The text, to be handed to its owner.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What it is found by.
    fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

/// The digest of a text that could be a token; none if it cannot be one.
///
/// Tokens are looked up by the hash of all that was sent: how long that takes tells nothing about the tokens there are.
#[must_use]
pub fn token_digest(text: &str) -> Option<Digest> {
    (text.len() == LENGTH && text.starts_with(PREFIX)).then(|| Digest::of(text.as_bytes()))
}

/// What a token is created with.
#[derive(Debug, Clone)]
pub struct NewToken<'t> {
    /// Who comes in with it, as the ledger names them. Not personal. Several tokens may have one name, as when one replaces
    /// another.
    pub name: &'t str,
    /// What they are.
    pub role: Role,
    /// What of that it may be used for; everything, if it is empty.
    pub only: &'t [Permission],
    /// From when on it is worthless; never, if none is given.
    pub expires_at: Option<Timestamp>,
}

/// Why there is no such token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// A name that cannot be one.
    #[error(
        "`{0}` cannot be the name of a token: write 1 to {LONGEST_NAME} small letters, digits, dots, hyphens and underscores, \
         and neither `cli` nor `countersign` nor what begins with `{PERSON}`"
    )]
    Name(String),
    /// A permission that the role has not.
    #[error("the role {role} has not the permission {permission}, so no token of it can be narrowed to that")]
    Wider {
        /// The role.
        role: Role,
        /// The permission.
        permission: Permission,
    },
    /// An expiry that is over.
    #[error("it would have expired at {0}, which is over")]
    Over(Timestamp),
    /// No such token in force.
    #[error("there is no token {0}, or it was revoked; `countersign token list` lists those that were not")]
    Unknown(u64),
    /// The event cannot be written.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

fn is_name(name: &str) -> bool {
    let inside = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._-".contains(letter);
    (1..=LONGEST_NAME).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name.chars().all(inside)
        && !TAKEN.contains(&name)
        && !name.starts_with(PERSON)
}

/// Creates a token, and records that it was. Returns its number and its text, which cannot be had again.
///
/// # Errors
/// See [`TokenError`].
pub fn create_token(
    ledger: &mut Ledger,
    new: &NewToken<'_>,
    now: Timestamp,
    actor: &str,
) -> Result<(u64, Secret), TokenError> {
    let NewToken { name, role, only, expires_at } = new;
    if !is_name(name) {
        return Err(TokenError::Name((*name).to_owned()));
    }
    if let Some(permission) = only.iter().find(|permission| !role.may(**permission)) {
        return Err(TokenError::Wider { role: *role, permission: *permission });
    }
    if let Some(over) = expires_at.filter(|at| *at <= now) {
        return Err(TokenError::Over(over));
    }
    let secret = Secret::new();
    let words = || only.iter().map(|permission| permission.as_str().to_owned()).collect();
    let created = Created {
        name: (*name).to_owned(),
        role: role.as_str().to_owned(),
        only: (!only.is_empty()).then(words),
        expires_at: expires_at.map(|at| at.to_string()),
        digest: secret.digest(),
    };
    let receipts = ledger.append(&[token_created(&created, &now.to_string(), actor)?.prepare()?])?;
    Ok((seq(&receipts), secret))
}

/// Makes a token worthless, and records that and why. Returns the event.
///
/// # Errors
/// See [`TokenError`].
pub fn revoke_token(
    ledger: &mut Ledger,
    number: u64,
    reason: &str,
    now: Timestamp,
    actor: &str,
) -> Result<u64, TokenError> {
    if !ledger.tokens()?.iter().any(|token| token.seq == number) {
        return Err(TokenError::Unknown(number));
    }
    let receipts = ledger.append(&[token_revoked(number, reason, &now.to_string(), actor).prepare()?])?;
    Ok(seq(&receipts))
}

fn seq(receipts: &[Receipt]) -> u64 {
    receipts.first().map_or(0, |receipt| receipt.seq)
}
