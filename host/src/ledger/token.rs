//! Events by which somebody is let in, and no longer.
//!
//! A token stands here by the digest of its text alone: who reads the ledger cannot come in with it.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Digest, Draft, DraftError, EventKind, RecordedEvent};

/// The body of an event of kind `token-created`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// Who comes in with it, as the ledger names them. Not personal: a service, or a person's opaque id.
    pub name: String,
    /// What they are.
    pub role: String,
    /// What of that the token may be used for; everything, if none is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// From when on it is worthless, as RFC 3339; never, if none is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The digest of its text.
    pub digest: Digest,
}

/// The body of an event of kind `token-revoked`.
#[derive(Deserialize)]
pub(super) struct Revoked {
    /// The event that created the token.
    pub token: u64,
}

/// A token that was not revoked. It may have expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOnRecord {
    /// The event that created it: its number.
    pub seq: u64,
    /// When that was, as RFC 3339.
    pub at: String,
    /// Who created it.
    pub by: String,
    /// What was said of it.
    pub created: Created,
}

impl TokenOnRecord {
    pub(super) fn read(event: RecordedEvent) -> Option<Self> {
        let created = serde_json::from_str(event.body.as_deref()?).ok()?;
        Some(Self { seq: event.seq, at: event.at, by: event.actor, created })
    }
}

/// The event that creates a token.
///
/// # Errors
/// None that a token can cause: all of its parts have a JSON form.
pub fn token_created(created: &Created, at: &str, actor: &str) -> Result<Draft, DraftError> {
    let body = serde_json::to_string(created).map_err(DraftError::Entry)?;
    Ok(plain(EventKind::TokenCreated, body, at, actor))
}

/// The event that revokes the token which the event `token` created.
#[must_use]
pub fn token_revoked(token: u64, reason: &str, at: &str, actor: &str) -> Draft {
    plain(EventKind::TokenRevoked, json!({ "token": token, "reason": reason }).to_string(), at, actor)
}

fn plain(kind: EventKind, body: String, at: &str, actor: &str) -> Draft {
    let (at, actor) = (at.to_owned(), actor.to_owned());
    Draft { kind, at, actor, body, openings: None, index: None, objects: Vec::new() }
}
