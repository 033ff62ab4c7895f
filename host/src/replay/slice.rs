//! Counts of decisions before and after, from which every rate is computed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wilson::Rate;
use crate::model::Outcome::{Apply, HumanOnly, Reject, Review};
use crate::model::{Outcome, Truth};

/// Decisions by their outcome before (rows) and after (columns), most permissive first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Matrix([[u64; 4]; 4]);

impl Matrix {
    /// Counts one decision.
    pub fn count(&mut self, before: Outcome, after: Outcome) {
        if let Some(cell) = self.0.get_mut(before as usize).and_then(|row| row.get_mut(after as usize)) {
            *cell += 1;
        }
    }

    /// How many went from one outcome to another.
    #[must_use]
    pub fn get(&self, before: Outcome, after: Outcome) -> u64 {
        self.0.get(before as usize).and_then(|row| row.get(after as usize)).copied().unwrap_or_default()
    }

    /// All decisions that a condition on the outcomes before and after holds for.
    #[must_use]
    pub fn sum(&self, holds: impl Fn(Outcome, Outcome) -> bool) -> u64 {
        let pairs = Outcome::ALL.into_iter().flat_map(|before| Outcome::ALL.map(|after| (before, after)));
        pairs.filter(|(before, after)| holds(*before, *after)).map(|(before, after)| self.get(before, after)).sum()
    }

    fn add(&mut self, other: &Self) {
        for (cell, more) in self.0.as_flattened_mut().iter_mut().zip(other.0.as_flattened()) {
            *cell += more;
        }
    }
}

/// Which of the two decisions about a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The baseline's.
    Before,
    /// The candidate's.
    After,
}

impl Side {
    fn of(self, before: Outcome, after: Outcome) -> Outcome {
        match self {
            Self::Before => before,
            Self::After => after,
        }
    }
}

/// The decisions about some suggestions, before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// All of them: rows are outcomes before, columns after, both in the order apply, review, human-only, reject.
    pub all: Matrix,
    /// Those that people know to be right.
    pub right: Matrix,
    /// Those that people know to be wrong.
    pub wrong: Matrix,
}

impl Slice {
    /// Counts one suggestion.
    pub fn count(&mut self, before: Outcome, after: Outcome, truth: Option<Truth>) {
        self.all.count(before, after);
        match truth {
            Some(Truth::Approve) => self.right.count(before, after),
            Some(Truth::Reject) => self.wrong.count(before, after),
            None => {}
        }
    }

    /// Adds the counts of other suggestions.
    pub fn add(&mut self, other: &Self) {
        self.all.add(&other.all);
        self.right.add(&other.right);
        self.wrong.add(&other.wrong);
    }

    /// How many suggestions there are.
    #[must_use]
    pub fn suggestions(&self) -> u64 {
        self.all.sum(|_, _| true)
    }

    /// How many of them people know the truth of.
    #[must_use]
    pub fn labelled(&self) -> u64 {
        self.right.sum(|_, _| true) + self.wrong.sum(|_, _| true)
    }

    /// Those whose outcome changed, of all.
    #[must_use]
    pub fn changed(&self) -> Rate {
        Rate { count: self.all.sum(|before, after| before != after), of: self.suggestions() }
    }

    /// Those whose outcome became more permissive, of all.
    #[must_use]
    pub fn loosened(&self) -> Rate {
        Rate { count: self.all.sum(|before, after| after < before), of: self.suggestions() }
    }

    /// Those whose outcome became stricter, of all.
    #[must_use]
    pub fn tightened(&self) -> Rate {
        Rate { count: self.all.sum(|before, after| after > before), of: self.suggestions() }
    }

    /// Those with an outcome, of all.
    #[must_use]
    pub fn outcome(&self, side: Side, outcome: Outcome) -> Rate {
        Rate { count: self.all.sum(|before, after| side.of(before, after) == outcome), of: self.suggestions() }
    }

    /// Those applied without a person, of all.
    #[must_use]
    pub fn automation(&self, side: Side) -> Rate {
        self.outcome(side, Apply)
    }

    /// Wrong ones among those that are applied and whose truth is known.
    #[must_use]
    pub fn false_applies(&self, side: Side) -> Rate {
        let applied = |before, after| side.of(before, after) == Apply;
        let count = self.wrong.sum(applied);
        Rate { count, of: count + self.right.sum(applied) }
    }

    /// Right ones among those that people are asked about and whose truth is known.
    #[must_use]
    pub fn needless_reviews(&self, side: Side) -> Rate {
        let asked = |before, after| matches!(side.of(before, after), Review | HumanOnly);
        let count = self.right.sum(asked);
        Rate { count, of: count + self.wrong.sum(asked) }
    }

    /// Right ones among those that are refused and whose truth is known.
    #[must_use]
    pub fn false_rejects(&self, side: Side) -> Rate {
        let refused = |before, after| side.of(before, after) == Reject;
        let count = self.right.sum(refused);
        Rate { count, of: count + self.wrong.sum(refused) }
    }

    /// Those that would now be applied, though people know them to be wrong and the baseline did not apply them; of
    /// all whose truth is known.
    #[must_use]
    pub fn applied_though_wrong(&self) -> Rate {
        Rate { count: self.wrong.sum(|before, after| before != Apply && after == Apply), of: self.labelled() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_come_from_rows_and_columns() {
        let mut slice = Slice::default();
        slice.count(Apply, Apply, Some(Truth::Approve));
        slice.count(Apply, Review, Some(Truth::Reject));
        slice.count(Review, Apply, Some(Truth::Reject));
        slice.count(Review, Apply, None);
        slice.count(HumanOnly, HumanOnly, Some(Truth::Approve));
        slice.count(Reject, Reject, Some(Truth::Approve));
        let rate = |count, of| Rate { count, of };
        assert_eq!((slice.suggestions(), slice.labelled()), (6, 5));
        assert_eq!((slice.changed(), slice.loosened(), slice.tightened()), (rate(3, 6), rate(2, 6), rate(1, 6)));
        assert_eq!((slice.automation(Side::Before), slice.automation(Side::After)), (rate(2, 6), rate(3, 6)));
        assert_eq!((slice.false_applies(Side::Before), slice.false_applies(Side::After)), (rate(1, 2), rate(1, 2)));
        assert_eq!(slice.needless_reviews(Side::Before), rate(1, 2));
        assert_eq!(slice.needless_reviews(Side::After), rate(1, 2));
        assert_eq!(slice.false_rejects(Side::After), rate(1, 1));
        assert_eq!(slice.applied_though_wrong(), rate(1, 5));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let (mut one, mut other, mut whole) = (Slice::default(), Slice::default(), Slice::default());
        for (index, before) in Outcome::ALL.into_iter().enumerate() {
            for after in Outcome::ALL {
                let truth = [None, Some(Truth::Approve), Some(Truth::Reject)][index % 3];
                whole.count(before, after, truth);
                if after == Apply { &mut one } else { &mut other }.count(before, after, truth);
            }
        }
        one.add(&other);
        assert_eq!(one, whole);
    }
}
