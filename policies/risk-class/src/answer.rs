//! Gathers what speaks against applying a suggestion, and makes the verdict of it.

use countersign_guest::prelude::*;

use crate::settings::Review;

/// Everything that asks for more than `apply`.
#[derive(Default)]
pub struct Answer {
    objections: Objections,
    levels: Vec<Sensitivity>,
}

impl Answer {
    /// Adds a reason, unless nothing is asked for, that comes from a field or operation of this sensitivity.
    pub fn add(&mut self, outcome: Outcome, level: Sensitivity, reason: Reason) {
        self.objections.add(outcome, reason);
        if outcome > Outcome::Apply && !self.levels.contains(&level) {
            self.levels.push(level);
        }
    }

    /// The verdict: the strictest reasons, in the order of the suggestion, and the joined needs of a review.
    pub fn verdict(mut self, review: &Review, approvals: u8) -> Verdict {
        let needs = self.needs(review, approvals);
        let verdict = self.objections.into_verdict();
        match verdict.outcome {
            Outcome::Review | Outcome::HumanOnly => verdict.with_review(needs),
            Outcome::Apply | Outcome::Reject => verdict,
        }
    }

    /// The role of the highest sensitivity that names one, the highest priority, the shortest time.
    fn needs(&mut self, review: &Review, approvals: u8) -> ReviewNeeds {
        self.levels.sort_unstable();
        let mut joined = ReviewNeeds { role: None, approvals, priority: 0, within_hours: None };
        for needs in self.levels.iter().map(|level| review.needs(*level)) {
            joined.role = needs.role.clone().or(joined.role);
            joined.priority = joined.priority.max(needs.priority);
            joined.within_hours = needs.within_hours.into_iter().chain(joined.within_hours).min();
        }
        joined
    }
}
