//! Which part of a history is replayed.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::Timestamp;

use super::counts::Dimension;
use crate::model::{Assistant, Digest, Operation, Outcome, Suggestion};

/// Conditions on suggestions and on the decisions about them before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Not before this time.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Outcomes and names; of several for one key, one must hold.
    pub conditions: Conditions,
    /// Only this part of the suggestions.
    pub part: Option<Part>,
}

/// A part of all suggestions, chosen by their ids: the same each time, and nothing else tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those held back: this share, in millionths.
    HeldBack(u32),
    /// All others.
    Others(u32),
}

/// Conditions as people write them: `outcome=review,field=email`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    outcomes: Vec<Outcome>,
    names: BTreeMap<Dimension, Vec<String>>,
}

/// Why a condition cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// It has no value.
    #[error("`{0}` is no condition; write KEY=VALUE")]
    NoValue(String),
    /// There is no such key.
    #[error("`{0}` is nothing to select by; there are outcome, field, segment, assistant, operation and object")]
    Key(String),
    /// There is no such outcome.
    #[error("`{0}` is no outcome; there are apply, review, human-only and reject")]
    Outcome(String),
}

impl Conditions {
    /// An outcome and names in some dimensions, each as far as it is given.
    #[must_use]
    pub fn new(outcome: Option<Outcome>, names: impl IntoIterator<Item = (Dimension, Option<String>)>) -> Self {
        let given = names.into_iter().filter_map(|(dimension, name)| Some((dimension, vec![name?])));
        Self { outcomes: outcome.into_iter().collect(), names: given.collect() }
    }

    /// Whether nothing but outcomes is asked for, which can be told without reading suggestions.
    #[must_use]
    pub fn are_of_outcomes(&self) -> bool {
        self.names.is_empty()
    }

    /// The conditions as they were given, in one order.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let outcomes = self.outcomes.iter().map(|outcome| format!("outcome={}", outcome.as_str()));
        let names = self.names.iter();
        let names = names.flat_map(|(key, names)| names.iter().map(|name| format!("{}={name}", key.as_str())));
        outcomes.chain(names).collect()
    }

    /// Whether a segment is asked for: it is among the personal values of a suggestion.
    #[must_use]
    pub fn name_segments(&self) -> bool {
        self.names.contains_key(&Dimension::Segment)
    }
}

impl FromStr for Conditions {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let mut conditions = Self::default();
        for condition in text.split(',').map(str::trim).filter(|condition| !condition.is_empty()) {
            let (key, value) =
                condition.split_once('=').ok_or_else(|| ConditionError::NoValue(condition.to_owned()))?;
            let (key, value) = (key.trim(), value.trim());
            if key == "outcome" {
                let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == value);
                conditions.outcomes.push(outcome.ok_or_else(|| ConditionError::Outcome(value.to_owned()))?);
                continue;
            }
            let dimension = Dimension::ALL.into_iter().find(|dimension| dimension.as_str() == key);
            let dimension = dimension.ok_or_else(|| ConditionError::Key(key.to_owned()))?;
            conditions.names.entry(dimension).or_default().push(value.to_owned());
        }
        Ok(conditions)
    }
}

impl Selection {
    /// Whether a time is in the range.
    #[must_use]
    pub fn has_time(&self, at: &str) -> bool {
        if self.from.is_none() && self.to.is_none() {
            return true;
        }
        let Ok(at) = at.parse::<Timestamp>() else { return false };
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
    }

    /// Whether a decision with this outcome is meant.
    #[must_use]
    pub fn has_outcome(&self, outcome: &str) -> bool {
        let outcomes = &self.conditions.outcomes;
        outcomes.is_empty() || outcomes.iter().any(|wanted| wanted.as_str() == outcome)
    }

    /// Whether a suggestion with this id is meant.
    #[must_use]
    pub fn has_part(&self, id: &str) -> bool {
        let held_back = |share| share_of(&[b"countersign.held-back.v1\n", id.as_bytes()]) < share;
        match self.part {
            None => true,
            Some(Part::HeldBack(share)) => held_back(share),
            Some(Part::Others(share)) => !held_back(share),
        }
    }

    /// Whether a suggestion is meant.
    #[must_use]
    pub fn has_suggestion(&self, suggestion: &impl Told) -> bool {
        let mut conditions = self.conditions.names.iter();
        conditions.all(|(dimension, wanted)| {
            let mut met = false;
            dimension.names(suggestion, |name| met = met || wanted.iter().any(|wanted| wanted == name));
            met
        })
    }

    /// The conditions as they were given, in one order.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let times = [("from", self.from), ("to", self.to)];
        let times = times.into_iter().filter_map(|(key, time)| time.map(|time| format!("{key}={time}")));
        times.chain(self.conditions.words()).collect()
    }
}

/// A number below a million that is drawn by a text: evenly, and the same for the same text.
pub(super) fn share_of(text: &[&[u8]]) -> u32 {
    let first = Digest::of_parts(text).as_bytes().first_chunk().copied().map_or(0, u64::from_be_bytes);
    u32::try_from(first % 1_000_000).unwrap_or_default()
}

/// A suggestion as far as it is told apart from others.
pub trait Told {
    /// The fields that would change. One suggestion names a field once.
    fn fields(&self) -> impl Iterator<Item = &str>;
    /// The segment of its record, if it has one.
    fn segment(&self) -> Option<&str>;
    /// Who suggests.
    fn assistant(&self) -> &Assistant;
    /// What is to be done.
    fn operation(&self) -> Operation;
    /// The kind of its record.
    fn object(&self) -> &str;
}

impl Told for Suggestion {
    fn fields(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(|change| change.field.as_str())
    }

    fn segment(&self) -> Option<&str> {
        self.context.segment.as_deref()
    }

    fn assistant(&self) -> &Assistant {
        &self.assistant
    }

    fn operation(&self) -> Operation {
        self.operation
    }

    fn object(&self) -> &str {
        &self.target.object
    }
}

/// What a suggestion without a segment counts for.
const NO_SEGMENT: &str = "(none)";

impl Dimension {
    /// Tells a suggestion's names in this dimension, each once.
    pub(super) fn names(self, suggestion: &impl Told, mut tell: impl FnMut(&str)) {
        match self {
            Self::Field => suggestion.fields().for_each(tell),
            Self::Segment => tell(suggestion.segment().unwrap_or(NO_SEGMENT)),
            Self::Assistant => {
                let Assistant { vendor, model, .. } = suggestion.assistant();
                tell(&format!("{vendor}/{model}"));
            }
            Self::Operation => tell(suggestion.operation().as_str()),
            Self::Object => tell(suggestion.object()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_and_told_in_one_order() {
        let conditions = "segment=saas, outcome=review ,field=email,field=phone".parse().unwrap();
        let selection = Selection { from: "2026-11-20T09:00:00Z".parse().ok(), conditions, ..Selection::default() };
        let words = ["from=2026-11-20T09:00:00Z", "outcome=review", "field=email", "field=phone", "segment=saas"];
        assert_eq!(selection.words(), words);
        assert_eq!(selection.conditions.words().join(",").parse(), Ok(selection.conditions.clone()));
        assert!(selection.has_outcome("review") && !selection.has_outcome("apply"));
        assert!(selection.has_time("2026-11-20T10:00:00+01:00") && !selection.has_time("2026-11-20T08:59:59.9Z"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, said) in [
            ("email", "`email` is no condition"),
            ("feild=email", "`feild` is nothing to select by"),
            ("outcome=maybe", "`maybe` is no outcome"),
        ] {
            let error = text.parse::<Conditions>().unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
