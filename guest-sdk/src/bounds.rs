//! Keeps answers within what the host takes by default (64 items, 64 KiB), whatever a suggestion holds: an
//! answer that is too long would be a fault of the module, and say nothing.

use crate::text::cut;
use crate::types::{Finding, Outcome, Reason, Severity, Verdict};

const MOST_FINDINGS: usize = 64;
const MOST_REASONS: usize = 32;
/// In bytes.
const LONGEST_MESSAGE: usize = 512;
/// In bytes.
const LONGEST_FIELD: usize = 256;

/// The most serious findings.
pub(crate) fn findings(mut findings: Vec<Finding>) -> Vec<Finding> {
    keep(&mut findings, MOST_FINDINGS, "findings", Severity::ALL, |finding| finding.severity);
    for Finding { field, message, .. } in &mut findings {
        shorten(field, message);
    }
    findings
}

/// The verdict with its first reasons.
pub(crate) fn verdict(mut verdict: Verdict) -> Verdict {
    keep(&mut verdict.reasons, MOST_REASONS, "reasons", &[()], |_| ());
    for Reason { field, message, .. } in &mut verdict.reasons {
        shorten(field, message);
    }
    verdict
}

/// The strictest reasons.
pub(crate) fn objections(objections: &mut Vec<(Outcome, Reason)>) {
    keep(objections, MOST_REASONS, "reasons", Outcome::ALL, |(outcome, _)| *outcome);
}

/// Keeps the items of the highest ranks, and says so; the order changes only if there are too many.
fn keep<T, R: Eq>(items: &mut Vec<T>, most: usize, what: &str, ranks: &[R], rank: impl Fn(&T) -> R) {
    let Some(more @ 1..) = items.len().checked_sub(most) else { return };
    // One pass a rank, since the code of a sort would be a tenth of a small module.
    let mut kept = Vec::with_capacity(most);
    for highest in ranks.iter().rev() {
        kept.extend(items.extract_if(.., |item| rank(item) == *highest).take(most - kept.len()));
    }
    *items = kept;
    crate::log(&format!("{more} more {what} are left out"));
}

fn shorten(field: &mut Option<String>, message: &mut String) {
    // A name that is cut would name another field.
    if field.as_ref().is_some_and(|field| field.len() > LONGEST_FIELD) {
        *field = None;
    }
    if message.len() > LONGEST_MESSAGE {
        message.truncate(cut(message, LONGEST_MESSAGE).len());
        message.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Severity;

    #[test]
    fn the_most_serious_are_kept_and_made_short() {
        let low = Finding::new("a.b", Severity::Low, "é".repeat(9_000)).on(&"x".repeat(9_000));
        let mut many = vec![low; 70];
        many.push(Finding::new("a.c", Severity::High, "This."));
        let kept = findings(many);
        assert_eq!((kept.len(), kept[0].code.as_str()), (64, "a.c"));
        assert_eq!((&kept[1].field, kept[1].message.len()), (&None, 512 + "…".len()));
    }

    #[test]
    fn few_stay_as_they_are() {
        let few = vec![Finding::new("a.b", Severity::Low, "This."), Finding::new("a.c", Severity::High, "That.")];
        assert_eq!(findings(few.clone()), few);
    }
}
