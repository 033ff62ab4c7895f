//! `--update`: writes what a module said into the case that expected something else.

use std::fs;

use serde::Serialize;

use super::answer::{Answered, Said};
use super::case::{Case, File, offset};
use super::expect::{Expect, ExpectedFault, Review, noted};
use crate::authoring::AuthoringError;

/// Writes what was said into a case's file; everything else in the file stays as it is, byte for byte. What the case
/// did not look at before is not looked at afterwards.
///
/// # Errors
/// If the file cannot be read or written.
pub fn update(case: &Case, answered: &Answered) -> Result<(), AuthoringError> {
    let text = fs::read_to_string(&case.path).map_err(AuthoringError::file("read", &case.path))?;
    let changed = |error: serde_json::Error| AuthoringError::File {
        doing: "update",
        path: case.path.clone(),
        error: std::io::Error::other(error),
    };
    let file: File<'_> = serde_json::from_str(&text).map_err(changed)?;
    let start = offset(&text, file.expect);
    let end = start + file.expect.get().len();
    let expect = indented(&expected(&case.expect, answered)).map_err(changed)?;
    let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    fs::write(&case.path, format!("{before}{expect}{after}")).map_err(AuthoringError::file("write", &case.path))
}

/// The expectation that an answer meets, with the parts that the old one had.
fn expected(old: &Expect, answered: &Answered) -> Expect {
    let said = &answered.said;
    let mut new = Expect {
        called: old.called.map(|_| *said != Said::NotCalled),
        max_fuel: old.max_fuel.map(|most| most.max(answered.fuel)),
        ..Expect::default()
    };
    match said {
        Said::Fault(fault) => {
            new.fault = Some(ExpectedFault { kind: fault.kind, detail: Some(fault.detail.clone()) });
            return new;
        }
        Said::NotCalled => {
            new.called = Some(false);
            return new;
        }
        Said::Verdict(verdict) => {
            new.outcome = Some(verdict.outcome);
            new.review = old.review.as_ref().and(verdict.review.as_ref()).map(|review| Review {
                role: review.role.clone(),
                approvals: Some(review.approvals),
                priority: Some(review.priority),
                within_hours: review.within_hours,
            });
            new.reasons = old.reasons.as_ref().map(|_| noted("reasons", said));
        }
        Said::Findings(_) => new.findings = old.findings.as_ref().map(|_| noted("findings", said)),
    }
    new.codes = Some(said.codes().into_iter().map(str::to_owned).collect());
    new
}

/// JSON as it stands in a case's file, one level deep.
pub(super) fn indented(value: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(value)?.replace('\n', "\n  "))
}
