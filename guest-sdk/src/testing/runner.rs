//! Calls a module as the host does.

use std::fmt;

use super::least_data::{in_scope, withhold};
use crate::export::parse;
use crate::testing::Case;
use crate::types::{Finding, Verdict};
use crate::{Module, Policy, Validator, bounds};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCalled {
    /// The settings were refused.
    Settings(String),
    /// The module does not apply to the suggestion.
    OutOfScope,
    /// The module says that it cannot judge the suggestion.
    Declined(String),
    /// The module returned a code that `Module::CODES` does not have.
    UnknownCode(String),
}

impl fmt::Display for NotCalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(why) => write!(f, "settings refused: {why}"),
            Self::OutOfScope => f.write_str("the module does not apply to the suggestion"),
            Self::Declined(why) => write!(f, "the module cannot judge the suggestion: {why}"),
            Self::UnknownCode(code) => write!(f, "the code `{code}` is not in the module's CODES"),
        }
    }
}

/// Configures a validator with JSON settings and calls it.
///
/// # Errors
/// See [`NotCalled`].
pub fn validate<M: Validator>(settings: &str, case: &Case) -> Result<Vec<Finding>, NotCalled> {
    let (module, given) = prepare::<M>(settings, case)?;
    let findings = module.validate(&given.suggestion, &given.facts).map_err(NotCalled::Declined)?;
    findings.iter().try_for_each(|finding| known::<M>(&finding.code))?;
    Ok(bounds::findings(findings))
}

/// Configures a policy with JSON settings and calls it without findings.
///
/// # Errors
/// See [`NotCalled`].
pub fn decide<M: Policy>(settings: &str, case: &Case) -> Result<Verdict, NotCalled> {
    decide_with::<M>(settings, case, &[])
}

/// Configures a policy with JSON settings and calls it with what validators found.
///
/// # Errors
/// See [`NotCalled`].
pub fn decide_with<M: Policy>(settings: &str, case: &Case, findings: &[Finding]) -> Result<Verdict, NotCalled> {
    let (module, given) = prepare::<M>(settings, case)?;
    let verdict = module.decide(&given.suggestion, &given.facts, findings).map_err(NotCalled::Declined)?;
    verdict.reasons.iter().try_for_each(|reason| known::<M>(&reason.code))?;
    Ok(bounds::verdict(verdict))
}

fn prepare<M: Module>(settings: &str, case: &Case) -> Result<(M, Case), NotCalled> {
    let module: M = parse(settings).map_err(NotCalled::Settings)?;
    if !in_scope(&module.applies_to(), case) {
        return Err(NotCalled::OutOfScope);
    }
    let given = withhold(&module.reads(), case);
    Ok((module, given))
}

fn known<M: Module>(code: &str) -> Result<(), NotCalled> {
    if M::CODES.iter().any(|(known, _)| *known == code) {
        return Ok(());
    }
    Err(NotCalled::UnknownCode(code.to_owned()))
}
