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
    /// The module returned a code that the module does not describe.
    UnknownCode(String),
}

impl fmt::Display for NotCalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(why) => write!(f, "settings refused: {why}"),
            Self::OutOfScope => f.write_str("the module does not apply to the suggestion"),
            Self::Declined(why) => write!(f, "the module cannot judge the suggestion: {why}"),
            Self::UnknownCode(code) => write!(f, "the code `{code}` is not one that the module describes"),
        }
    }
}

/// Configures a validator with JSON settings and calls it.
///
/// # Errors
/// See [`NotCalled`].
pub fn validate<M: Validator>(settings: &str, case: &Case) -> Result<Vec<Finding>, NotCalled> {
    let module: M = configured(settings)?;
    let given = given(&module, case)?;
    let findings = module.validate(&given.suggestion, &given.facts).map_err(NotCalled::Declined)?;
    findings.iter().try_for_each(|finding| known(&module, &finding.code))?;
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
    decide_by(&configured::<M>(settings)?, case, findings)
}

/// Calls a policy that is configured already: for many cases with settings that take long to be configured.
///
/// # Errors
/// See [`NotCalled`].
pub fn decide_by<M: Policy>(module: &M, case: &Case, findings: &[Finding]) -> Result<Verdict, NotCalled> {
    let given = given(module, case)?;
    let verdict = module.decide(&given.suggestion, &given.facts, findings).map_err(NotCalled::Declined)?;
    verdict.reasons.iter().try_for_each(|reason| known(module, &reason.code))?;
    Ok(bounds::verdict(verdict))
}

/// Configures a module with JSON settings, as the host does.
///
/// # Errors
/// The settings were refused.
pub fn configured<M: Module>(settings: &str) -> Result<M, NotCalled> {
    parse(settings).map_err(NotCalled::Settings)
}

/// What the host would hand over, if it calls the module at all.
fn given<M: Module>(module: &M, case: &Case) -> Result<Case, NotCalled> {
    if !in_scope(&module.applies_to(), case) {
        return Err(NotCalled::OutOfScope);
    }
    Ok(withhold(&module.reads(), case))
}

fn known<M: Module>(module: &M, code: &str) -> Result<(), NotCalled> {
    if module.codes().iter().any(|known| known.code == code) {
        return Ok(());
    }
    Err(NotCalled::UnknownCode(code.to_owned()))
}
