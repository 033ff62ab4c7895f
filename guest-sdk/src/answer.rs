//! Making findings, reasons and verdicts.

use crate::types::{Finding, Outcome, Reason, ReviewNeeds, Severity, Verdict};

impl Finding {
    /// A finding about no field in particular.
    pub fn new(code: &str, severity: Severity, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), severity, field: None, message: message.into() }
    }

    /// The same, about a field.
    #[must_use]
    pub fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl Reason {
    /// A reason about no field in particular.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), field: None, message: message.into() }
    }

    /// The same, about a field.
    #[must_use]
    pub fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl Default for ReviewNeeds {
    /// One approval by any reviewer, at middling priority, with no limit in time.
    fn default() -> Self {
        Self { role: None, approvals: 1, priority: 4, within_hours: None }
    }
}

impl Verdict {
    /// No objection.
    #[must_use]
    pub fn apply() -> Self {
        Self { outcome: Outcome::Apply, reasons: Vec::new(), review: None }
    }

    /// Ask a person, with the default needs.
    #[must_use]
    pub fn review(reason: Reason) -> Self {
        Self::of(Outcome::Review, reason)
    }

    /// Leave it to people.
    #[must_use]
    pub fn human_only(reason: Reason) -> Self {
        Self::of(Outcome::HumanOnly, reason)
    }

    /// Refuse.
    #[must_use]
    pub fn reject(reason: Reason) -> Self {
        Self::of(Outcome::Reject, reason)
    }

    /// An outcome with one reason.
    #[must_use]
    pub fn of(outcome: Outcome, reason: Reason) -> Self {
        let mut verdict = Self::apply();
        verdict.add(outcome, reason);
        verdict
    }

    /// Adds a reason; the strictest outcome of all reasons is the verdict's.
    pub fn add(&mut self, outcome: Outcome, reason: Reason) {
        self.outcome = self.outcome.max(outcome);
        self.reasons.push(reason);
    }

    /// Sets what the review must look like.
    #[must_use]
    pub fn with_review(mut self, needs: ReviewNeeds) -> Self {
        self.review = Some(needs);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_reason_gives_the_outcome() {
        let mut verdict = Verdict::reject(Reason::new("a.b", "no"));
        verdict.add(Outcome::Review, Reason::new("a.c", "maybe"));
        assert_eq!(verdict.outcome, Outcome::Reject);
        assert_eq!(verdict.reasons.len(), 2);
    }
}
