//! Prepares an event for the writer, on the thread that made it.
//!
//! All that costs time and can be wrong is done here, so that the writer only inserts. Nothing is
//! accepted that verification would find fault with later: a recorded event cannot be mended.

use std::fmt;

use super::decision::{self, OUTCOMES};
use super::sqlite::{Packed, Packing};
use super::views::{self, DecisionView, Views};
use super::{Digest, EventKind, Openings, RecordParts, SealError, event, leaf_hash, seal, time};

/// An event to be recorded.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What happened.
    pub kind: EventKind,
    /// When, as RFC 3339, such as `2026-11-20T09:00:00.123Z`.
    pub at: String,
    /// Who or what caused it. Not personal: a name of a service, or a person's opaque id.
    pub actor: String,
    /// One JSON object, with what [`Sealer::seal`](super::Sealer::seal) returned in place of
    /// personal values. If it has a key `objects`, that is a list of digests.
    pub body: String,
    /// What opens the sealed values; `None` if there are none.
    pub openings: Option<Openings>,
    /// For a decision, and only for one: what it is found by.
    pub index: Option<DecisionIndex>,
    /// Objects that must stand in the ledger before this event: at least those that the body cites.
    pub objects: Vec<Digest>,
}

/// What a decision is found by. Each part repeats the body, and must equal it.
#[derive(Debug, Clone)]
pub struct DecisionIndex {
    /// The id of the suggestion: one decision each.
    pub suggestion_id: String,
    /// The record that the suggestion would change.
    pub record: RecordParts,
    /// `apply`, `review`, `human-only` or `reject`.
    pub outcome: String,
    /// The time of the decision, as RFC 3339.
    pub decided_at: String,
    /// The digest of the policy set.
    pub set_digest: [u8; 32],
    /// The digest of everything that was judged.
    pub input_digest: [u8; 32],
}

/// An event that only needs to be inserted.
#[derive(Clone)]
pub struct Prepared {
    pub(super) kind: EventKind,
    pub(super) at: String,
    pub(super) entry: String,
    pub(super) leaf: Digest,
    pub(super) opening: Option<([u8; 32], String)>,
    pub(super) views: Views,
    pub(super) packed: Option<Packed>,
    pub(super) objects: Vec<Digest>,
}

impl fmt::Debug for Prepared {
    /// Without the values, and without the seed that would let guesses at them be tested.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("kind", &self.kind).field("leaf", &self.leaf).finish_non_exhaustive()
    }
}

impl Prepared {
    /// Packs what will be stored, so that the writer need not: worth it where events are prepared on several threads.
    #[must_use]
    pub fn pack(mut self, packing: &Packing) -> Self {
        let values = self.opening.as_ref().map(|(_, values)| values.as_str());
        self.packed = Some(packing.pack(&self.entry, values));
        self
    }

    /// The exact text that will be recorded.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The personal values that will be stored beside the entry, as one JSON list; empty if there are none.
    #[must_use]
    pub fn stored_values(&self) -> &str {
        self.opening.as_ref().map_or("", |(_, values)| values)
    }

    /// The leaf hash of the entry.
    #[must_use]
    pub const fn leaf(&self) -> Digest {
        self.leaf
    }
}

/// Why an event cannot be recorded. All are faults of the code that made the draft.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The body and its openings do not fit.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The time is not RFC 3339.
    #[error("`{key}` is not a time such as 2026-11-20T09:00:00.123Z: {text:?}")]
    Time {
        /// Which time.
        key: &'static str,
        /// What was given.
        text: String,
    },
    /// A text that has no JSON form.
    #[error("the entry has no JSON text: {0}")]
    Entry(#[source] serde_json::Error),
    /// A decision without an index, or an index on something else.
    #[error("an event of kind `{kind}` was given {}", if *.given { "an index of decisions" } else { "no index" })]
    Index {
        /// The kind of the event.
        kind: EventKind,
        /// Whether an index was given.
        given: bool,
    },
    /// The index does not repeat the body.
    #[error("`{key}` of the decision's body and of its index differ")]
    Differs {
        /// The key of the body.
        key: &'static str,
    },
    /// A text that the index cannot hold.
    #[error("`{key}` of the decision cannot be recorded: {why}")]
    Unfit {
        /// The key of the body.
        key: &'static str,
        /// Why not.
        why: &'static str,
    },
    /// The body cites an object that is not in the draft's list.
    #[error("the body cites the object {0}, which is not listed in the draft")]
    Unlisted(Digest),
    /// The body is not of the form that its kind has.
    #[error("this cannot be an event of kind `{kind}`: {why}")]
    Form {
        /// The kind of the event.
        kind: EventKind,
        /// What is wrong with it.
        why: String,
    },
    /// The list of cited objects is malformed.
    #[error("the cited objects cannot be told: {0}")]
    Cited(String),
}

impl Draft {
    /// Checks the draft, writes its entry and hashes it.
    pub fn prepare(self) -> Result<Prepared, DraftError> {
        check_time("at", &self.at)?;
        let opened = seal::open_exact(&self.body, self.openings.as_ref())?;
        if self.index.is_some() != (self.kind == EventKind::Decision) {
            return Err(DraftError::Index { kind: self.kind, given: self.index.is_some() });
        }
        let views = views::of(self.kind, &self.body, Some(&opened))
            .map_err(|why| DraftError::Form { kind: self.kind, why: why.to_string() })?;
        if let (Some(index), Some(view)) = (&self.index, &views.decision) {
            index.check(view)?;
        }
        let cited = decision::cited(&self.body).map_err(|error| DraftError::Cited(error.to_string()))?;
        if let Some(unlisted) = cited.into_iter().find(|cited| !self.objects.contains(cited)) {
            return Err(DraftError::Unlisted(unlisted));
        }
        // Which secret is used does not matter for what is asked here.
        if views.mentions.iter().any(|record| record.key(&[0; 32]).is_none()) {
            return Err(DraftError::Unfit { key: "merge_with", why: "it holds a NUL character" });
        }
        let entry = event::write(self.kind, &self.at, &self.actor, &self.body).map_err(DraftError::Entry)?;
        Ok(Prepared {
            kind: self.kind,
            at: self.at,
            leaf: leaf_hash(entry.as_bytes()),
            entry,
            // Openings of nothing would leave a row that no event accounts for.
            opening: self
                .openings
                .filter(|openings| !openings.values().is_empty())
                .map(|openings| (*openings.seed(), openings.stored_values())),
            views,
            packed: None,
            objects: self.objects,
        })
    }
}

impl DecisionIndex {
    fn check(&self, view: &DecisionView) -> Result<(), DraftError> {
        let (record, input) = view.about.as_ref().map(|(record, input)| (record, input)).unzip();
        let equal = [
            ("id", self.suggestion_id == view.suggestion_id),
            ("outcome", self.outcome == view.outcome),
            ("decided_at", self.decided_at == view.decided_at),
            ("set.digest", view.set == self.set_digest.into()),
            ("suggestion.target", Some(&self.record) == record),
            ("input", input == Some(&self.input_digest.into())),
        ];
        if let Some((key, _)) = equal.into_iter().find(|(_, equal)| !equal) {
            return Err(DraftError::Differs { key });
        }
        check_time("decided_at", &self.decided_at)?;
        if self.suggestion_id.is_empty() {
            return Err(DraftError::Unfit { key: "id", why: "it is empty" });
        }
        if !OUTCOMES.contains(&self.outcome.as_str()) {
            return Err(DraftError::Unfit { key: "outcome", why: "there is no such outcome" });
        }
        // Which secret is used does not matter for what is asked here.
        if self.record.key(&[0; 32]).is_none() {
            return Err(DraftError::Unfit { key: "suggestion.target", why: "it holds a NUL character" });
        }
        Ok(())
    }
}

fn check_time(key: &'static str, text: &str) -> Result<(), DraftError> {
    match time::moment(text) {
        Some(_) => Ok(()),
        None => Err(DraftError::Time { key, text: text.to_owned() }),
    }
}

#[cfg(test)]
pub(super) mod tests;
