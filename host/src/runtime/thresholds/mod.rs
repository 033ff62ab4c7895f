//! Which confidence suffices: the lowest thresholds that keep a promise, found on one part of a history and checked on another.

mod on_record;
mod report;

use std::sync::Arc;

use super::{Deployment, DeploymentError};
use crate::pipeline::LoadedSet;
use crate::replay::{Counts, Gathers, Part, Percent, ProposalError, Side, Slice, Sweep, propose};

pub use on_record::{NoThresholds, thresholds_on_record};
pub use report::{HeldBack, ThresholdReport, ThresholdsBy};

/// Which promise, and which thresholds may be set for it.
#[derive(Clone, Debug)]
pub struct ThresholdTerms {
    /// The most of what is applied that may be wrong.
    pub target: Percent,
    /// The set: its name, or a file that ends in .toml; none: the active one.
    pub set: Option<String>,
    /// The policy in it whose threshold is set.
    pub module: String,
    /// What thresholds may differ by.
    pub by: Option<ThresholdsBy>,
    /// The share of the history that is held back to check the promise on.
    pub hold_back: Percent,
}

/// Why no thresholds can be found, whatever the history is.
#[derive(Debug, thiserror::Error)]
pub enum ThresholdError {
    /// The policy is not in the set.
    #[error("the set {set} has no policy `{module}`; name the one with the threshold")]
    NoModule {
        /// The set.
        set: String,
        /// What was named.
        module: String,
    },
    /// Nothing is known of what is right.
    #[error("nobody has said which suggestions were right")]
    NoTruth,
}

/// A history that sets can be run over more than once.
pub trait Rehearses {
    /// Why that fails.
    type Error: From<DeploymentError> + From<ProposalError> + From<ThresholdError>;

    /// Runs a candidate over a part of it, beside the set as it is.
    ///
    /// # Errors
    /// If it cannot be run to its end.
    fn rehearse<G: Gathers>(
        &self,
        candidate: &LoadedSet<'_>,
        current: &LoadedSet<'_>,
        part: Part,
    ) -> Result<Vec<G>, Self::Error>;
}

/// Finds the thresholds. Returns what they are, and the set's file with them in it and its version raised.
///
/// # Errors
/// See [`ThresholdError`], and what the history's own errors are.
pub fn thresholds<H: Rehearses>(
    deployment: &Deployment,
    terms: &ThresholdTerms,
    history: &H,
) -> Result<(ThresholdReport, String), H::Error> {
    // Thresholds are written into a file: that of the active set is the one of its name.
    let named = terms.set.clone().map_or_else(|| deployment.active_name(), Ok)?;
    let (path, text) = deployment.set_file(&named)?;
    let set = deployment.set_to_read(Some(&named))?;
    let Some(rest) = set.without(&terms.module) else {
        let error = ThresholdError::NoModule { set: set.lock.name.clone(), module: terms.module.clone() };
        return Err(error.into());
    };
    let current = LoadedSet::new(set, &deployment.sandbox);
    let rest = LoadedSet::new(Arc::new(rest), &deployment.sandbox);
    let (share, mut sweep) = (terms.hold_back.ppm(), Sweep::default());
    for part in history.rehearse::<Sweep>(&rest, &current, Part::Others(share))? {
        sweep.add(part);
    }
    let proposed = propose(&sweep, terms.by.map(ThresholdsBy::dimension), terms.target.share());
    let written = proposed.write(&text, &terms.module)?;
    let candidate = LoadedSet::new(deployment.set_from(&path, &written)?, &deployment.sandbox);
    let mut held_back = Slice::default();
    for part in history.rehearse::<Counts>(&candidate, &current, Part::HeldBack(share))? {
        held_back.add(&part.all);
    }
    if sweep.all.labelled() == 0 || held_back.labelled() == 0 {
        return Err(ThresholdError::NoTruth.into());
    }
    let false_applies = held_back.false_applies(Side::After);
    let report = ThresholdReport {
        target: terms.target.share(),
        set: format!("{}@{}", current.set().lock.name, current.set().lock.version),
        curve: sweep.all.points().collect(),
        recommended: proposed.general,
        by: terms.by,
        own: proposed.by.into_iter().flat_map(|(_, names)| names).collect(),
        held_back: HeldBack {
            suggestions: held_back.suggestions(),
            automation_before: held_back.automation(Side::Before),
            automation_after: held_back.automation(Side::After),
            false_applies_before: held_back.false_applies(Side::Before),
            false_applies_after: false_applies,
        },
        // Where nothing is applied, nothing wrong is.
        kept: false_applies.value().is_none_or(|rate| rate <= terms.target.share()),
    };
    Ok((report, written))
}
