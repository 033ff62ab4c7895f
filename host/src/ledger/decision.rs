//! What the view of decisions repeats from the body of a decision.
//!
//! The view can be rebuilt from the events alone, so each of its columns stands in the body:
//! `id`, `outcome`, `decided_at` and `set.digest` in the clear, `suggestion.target` and `input`
//! possibly sealed. What stands in the clear survives the erasure of the values.

use serde::Deserialize;

use super::{Digest, RecordParts};
use crate::model::NotADigest;

/// The outcomes that exist.
pub(super) const OUTCOMES: [&str; 4] = ["apply", "review", "human-only", "reject"];

/// What stands in the clear in the committed body of a decision.
#[derive(Deserialize)]
pub(super) struct Clear {
    pub id: String,
    pub outcome: String,
    pub decided_at: String,
    pub set: SetName,
}

/// The part of the set that the view repeats.
#[derive(Deserialize)]
pub(super) struct SetName {
    digest: String,
}

impl Clear {
    pub(super) fn read(body: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(body)
    }

    pub(super) fn set_digest(&self) -> Result<Digest, NotADigest> {
        self.set.digest.parse()
    }
}

/// What the view needs from the opened body of a decision.
#[derive(Deserialize)]
pub(super) struct Opened {
    suggestion: Suggestion,
    input: String,
}

#[derive(Deserialize)]
struct Suggestion {
    target: RecordParts,
    #[serde(default)]
    merge_with: Vec<RecordParts>,
}

impl Opened {
    pub(super) fn read(body: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(body)
    }

    /// The record that would be changed, and those that it would be merged with.
    pub(super) fn into_records(self) -> (RecordParts, Vec<RecordParts>) {
        (self.suggestion.target, self.suggestion.merge_with)
    }

    pub(super) fn input_digest(&self) -> Result<Digest, NotADigest> {
        self.input.parse()
    }
}

/// The digests of the objects that a committed body cites, of whatever kind the event is.
pub(super) fn cited(body: &str) -> Result<Vec<Digest>, CitedError> {
    #[derive(Deserialize)]
    struct Citing {
        #[serde(default)]
        objects: Vec<String>,
    }
    let citing: Citing = serde_json::from_str(body)?;
    Ok(citing.objects.iter().map(|digest| digest.parse()).collect::<Result<_, _>>()?)
}

/// Why the cited objects cannot be told.
#[derive(Debug, thiserror::Error)]
pub(super) enum CitedError {
    #[error("`objects` is not a list of texts: {0}")]
    Json(#[from] serde_json::Error),
    #[error("`objects` has an item that is {0}")]
    Digest(#[from] NotADigest),
}
