//! Making findings, reasons and verdicts. What is too long for the host is made short on the way out.

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
    pub fn on(self, field: &str) -> Self {
        self.about(Some(field))
    }

    /// The same, about a field if there is one.
    #[must_use]
    pub fn about(mut self, field: Option<&str>) -> Self {
        self.field = field.map(str::to_owned);
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

/// Collects what speaks against a suggestion.
///
/// ```
/// use countersign_guest::prelude::*;
/// let mut objections = Objections::default();
/// objections.add(Outcome::Review, Reason::new("mine.odd", "This is odd.").on("city"));
/// objections.add(Outcome::Apply, Reason::new("mine.fine", "What is applied needs no reason."));
/// let verdict = objections.into_verdict();
/// assert_eq!((verdict.outcome, verdict.reasons.len()), (Outcome::Review, 1));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Objections(Vec<(Outcome, Reason)>);

impl Objections {
    /// Adds a reason with the outcome that it asks for; none if that is `apply`.
    pub fn add(&mut self, outcome: Outcome, reason: Reason) {
        if outcome > Outcome::Apply {
            self.0.push((outcome, reason));
        }
    }

    /// Whether nothing speaks against the suggestion so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The verdict. Of very many reasons the strictest are kept.
    #[must_use]
    pub fn into_verdict(mut self) -> Verdict {
        crate::bounds::objections(&mut self.0);
        let mut verdict = Verdict::apply();
        for (outcome, reason) in self.0 {
            verdict.add(outcome, reason);
        }
        verdict
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

    #[test]
    fn of_many_objections_the_strictest_are_kept() {
        let mut objections = Objections::default();
        for n in 0..40 {
            let outcome = if n == 39 { Outcome::Reject } else { Outcome::Review };
            objections.add(outcome, Reason::new("a.b", n.to_string()));
        }
        let verdict = objections.into_verdict();
        assert_eq!((verdict.outcome, verdict.reasons.len()), (Outcome::Reject, 32));
        assert_eq!((verdict.reasons[0].message.as_str(), verdict.reasons[1].message.as_str()), ("39", "0"));
    }
}
