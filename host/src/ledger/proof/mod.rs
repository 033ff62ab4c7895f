//! Proofs: one file that shows, without the ledger and without a network, that a decision stands in it and by which
//! version of a policy set it was made. `PROOFS.md` beside this room's files says how to read one.

mod check;
mod event;
mod make;
mod shown;

use serde::{Deserialize, Serialize};

use super::NoteError;

pub use event::{Opening, ProvenEvent, Salt};
pub use shown::{Shown, ShownDecision, ShownEvent, ShownModule};

/// The form of proofs that this release writes and reads.
const FORMAT: &str = "countersign-proof/1";

/// A proof. Its fields stand in the file in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The form of this file.
    pub format: String,
    /// The checkpoint that all paths lead to, a signed note.
    pub checkpoint: String,
    /// The decision.
    pub decision: ProvenEvent,
    /// The set that made it, as the text that its digest is of: names, versions, digests and settings of its modules.
    pub lock: String,
    /// The event that let the set decide: by which it last came into force before the decision, or from which on it was tried on
    /// a part of the records, if that is why it decided. None if the ledger has no such event.
    pub activation: Option<ProvenEvent>,
    /// The events by which the set was approved before the decision, in order.
    pub approvals: Vec<ProvenEvent>,
    /// The events by which modules of the set were published, in order.
    pub publications: Vec<ProvenEvent>,
}

/// Why a proof is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// Not the JSON of a proof.
    #[error("it is no proof: {0}")]
    Json(#[from] serde_json::Error),
    /// A proof of a later release.
    #[error(
        "it says that it has the form {0:?}, and this release knows {FORMAT:?}: use a later release, or check the file"
    )]
    Format(String),
    /// The JSON of a proof, with other spaces, escapes or order of keys.
    #[error("it is not spelled as proofs are: a space, an escape or the order of keys was changed")]
    Spelling,
    /// The checkpoint does not hold.
    #[error("its checkpoint does not hold: {0}")]
    Checkpoint(#[from] NoteError),
    /// What it claims does not follow from what stands in it.
    #[error("{part}: {what}")]
    Broken {
        /// Which part of the proof.
        part: String,
        /// What does not hold.
        what: String,
    },
}

impl ProofError {
    /// Whether the file is a proof, but does not hold.
    #[must_use]
    pub const fn breaks(&self) -> bool {
        match self {
            Self::Checkpoint(error) => error.breaks(),
            Self::Broken { .. } => true,
            Self::Json(_) | Self::Format(_) | Self::Spelling => false,
        }
    }

    fn broken(part: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Broken { part: part.into(), what: what.into() }
    }
}

impl Proof {
    /// Reads the text of a proof. There is one text for each proof, so that no change of a byte goes unnoticed.
    ///
    /// # Errors
    /// [`ProofError::Json`], [`ProofError::Format`] and [`ProofError::Spelling`]. Whether the proof holds is asked with
    /// [`verify`](Self::verify).
    pub fn from_text(text: &str) -> Result<Self, ProofError> {
        /// Read first: a later form may have other keys.
        #[derive(Deserialize)]
        struct Form {
            format: String,
        }
        let Form { format } = serde_json::from_str(text)?;
        if format != FORMAT {
            return Err(ProofError::Format(format));
        }
        let proof: Self = serde_json::from_str(text)?;
        if proof.to_text()? == text { Ok(proof) } else { Err(ProofError::Spelling) }
    }

    /// The text of the proof.
    ///
    /// # Errors
    /// None that a proof can cause: all of its parts have a JSON form.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

#[cfg(test)]
pub(super) mod tests;
