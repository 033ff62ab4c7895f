//! From what the modules said to one outcome. Pure: no engine, no clock, no store.

use crate::model::{Outcome, ReviewNeeds};

/// What one called module says to the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voice {
    /// A policy's verdict.
    Verdict {
        /// Its outcome.
        outcome: Outcome,
        /// What it wants of a review.
        review: Option<ReviewNeeds>,
    },
    /// A module that gave no answer, and what the set says that this means.
    Fault {
        /// The set's `on-fault`.
        on_fault: Outcome,
    },
}

/// The outcome, and what a review must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The outcome.
    pub outcome: Outcome,
    /// For `review` and `human-only`: what the review must look like.
    pub review: Option<ReviewNeeds>,
}

/// The strictest voice wins. A fault never yields `apply`, whatever the set says; and where no policy
/// gave a verdict nobody has said that the suggestion may be applied, so a person is asked.
#[must_use]
pub fn decide(voices: &[Voice]) -> Judgement {
    let silent = !voices.iter().any(|voice| matches!(voice, Voice::Verdict { .. }));
    let floor = if silent { Outcome::Review } else { Outcome::Apply };
    let outcome = voices.iter().map(outcome_of).fold(floor, Outcome::max);
    let review = matches!(outcome, Outcome::Review | Outcome::HumanOnly).then(|| {
        let needs = voices.iter().filter_map(|voice| match voice {
            Voice::Verdict { review, outcome: Outcome::Review | Outcome::HumanOnly } => review.as_ref(),
            _ => None,
        });
        join(needs)
    });
    Judgement { outcome, review }
}

/// Most approvals, highest priority, shortest time; at least one approval. Of several roles, the one that
/// the most urgent policy names, and of those the last in the alphabet, so that the order of policies
/// does not matter.
fn join<'a>(needs: impl Iterator<Item = &'a ReviewNeeds> + Clone) -> ReviewNeeds {
    let most_urgent =
        needs.clone().filter(|needs| needs.role.is_some()).max_by_key(|needs| (needs.priority, &needs.role));
    ReviewNeeds {
        role: most_urgent.and_then(|needs| needs.role.clone()),
        approvals: needs.clone().map(|needs| needs.approvals).fold(1, u8::max),
        priority: needs.clone().map(|needs| needs.priority).fold(0, u8::max),
        within_hours: needs.filter_map(|needs| needs.within_hours).min(),
    }
}

fn outcome_of(voice: &Voice) -> Outcome {
    match voice {
        Voice::Verdict { outcome, .. } => *outcome,
        Voice::Fault { on_fault } => (*on_fault).max(Outcome::Review),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outcomes() -> impl Strategy<Value = Outcome> {
        proptest::sample::select(Outcome::ALL.to_vec())
    }

    fn needs() -> impl Strategy<Value = ReviewNeeds> {
        let role = proptest::option::of(proptest::sample::select(vec!["compliance".to_owned(), "reviewer".to_owned()]));
        (role, 1..4_u8, 0..10_u8, proptest::option::of(1..100_u32)).prop_map(
            |(role, approvals, priority, within_hours)| ReviewNeeds { role, approvals, priority, within_hours },
        )
    }

    fn voices() -> impl Strategy<Value = Voice> {
        prop_oneof![
            (outcomes(), proptest::option::of(needs()))
                .prop_map(|(outcome, review)| Voice::Verdict { outcome, review }),
            outcomes().prop_map(|on_fault| Voice::Fault { on_fault }),
        ]
    }

    /// Adding a first verdict to a set that had none may turn 'nobody has said' into what it says.
    fn has_verdict(voices: &[Voice]) -> bool {
        voices.iter().any(|voice| matches!(voice, Voice::Verdict { .. }))
    }

    proptest! {
        #[test]
        fn one_more_module_never_loosens_the_outcome(
            mut set in proptest::collection::vec(voices(), 0..8),
            more in voices(),
        ) {
            prop_assume!(has_verdict(&set) || matches!(more, Voice::Fault { .. }));
            let before = decide(&set).outcome;
            set.push(more);
            prop_assert!(decide(&set).outcome >= before);
        }

        #[test]
        fn a_fault_in_place_of_an_answer_never_yields_apply(
            mut set in proptest::collection::vec(voices(), 0..8),
            on_fault in outcomes(),
        ) {
            set.push(Voice::Fault { on_fault });
            prop_assert!(decide(&set).outcome >= on_fault.max(Outcome::Review));
        }

        #[test]
        fn the_order_does_not_matter(set in proptest::collection::vec(voices(), 0..8), by in 0..8_usize) {
            let mut turned = set.clone();
            turned.reverse();
            if !turned.is_empty() {
                let by = by % turned.len();
                turned.rotate_left(by);
            }
            prop_assert_eq!(decide(&set), decide(&turned));
        }

        #[test]
        fn only_what_people_decide_has_review_needs(set in proptest::collection::vec(voices(), 0..8)) {
            let judgement = decide(&set);
            let people = matches!(judgement.outcome, Outcome::Review | Outcome::HumanOnly);
            prop_assert_eq!(judgement.review.is_some(), people);
            prop_assert!(judgement.review.is_none_or(|needs| needs.approvals >= 1));
        }
    }

    #[test]
    fn an_empty_set_never_applies() {
        assert_eq!(decide(&[]).outcome, Outcome::Review);
    }
}
