//! A set in the shadow: how it gets there, how what was decided is judged with it, and what comes of that.
//!
//! It judges what is on record, behind those who decide, and with handles that can only read: it can neither act nor keep anybody
//! waiting for an answer.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Deployment, DeploymentError};
use crate::ledger::{EngineRef, Ledger};
use crate::pipeline::LoadedSet;
use crate::replay::{Replay, ReplayError, ShadowCounts};
use crate::reproduce::PastSets;
use crate::rollout::{Act, History, RolloutError, Shadow, record};

/// What a set in the shadow would have decided otherwise so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShadowReport {
    /// The set, and since when it is there.
    #[serde(flatten)]
    pub shadow: Shadow,
    /// How many of the decisions since then were judged with it.
    pub judged: u64,
    /// How many were passed over, because they cannot be judged again: their values were erased, or what they cite is not there.
    pub passed_over: u64,
    /// How many are still to be judged.
    pub behind: u64,
    /// Why it does not go on; nothing, if it does.
    pub stuck: Option<String>,
    /// What it would have decided otherwise; what people said of a suggestion counts as it was when it was judged.
    pub difference: Option<ShadowCounts>,
}

impl ShadowReport {
    /// What came of it so far, with so many decisions still to be judged.
    #[must_use]
    pub fn new(shadow: Shadow, difference: ShadowCounts, behind: u64, stuck: Option<String>) -> Self {
        let (judged, passed_over) = (difference.judged(), difference.passed_over());
        Self { shadow, judged, passed_over, behind, stuck, difference: Some(difference) }
    }

    /// Takes out what somebody may not see: without `decisions`, which of them differ and in what; without `values`, what is told
    /// apart by segments.
    pub fn withhold(&mut self, decisions: bool, values: bool) {
        if !decisions {
            self.difference = None;
        }
        if let Some(difference) = self.difference.as_mut().filter(|_| !values) {
            difference.withhold();
        }
    }
}

/// Judges what is on record with a set in the shadow.
pub struct ShadowJudge<'a> {
    candidate: LoadedSet<'a>,
    past: PastSets<'a>,
    engine: &'a EngineRef,
}

impl<'a> ShadowJudge<'a> {
    /// Loads the set, as the ledger keeps it.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn new(deployment: &'a Deployment, ledger: &Ledger, shadow: &Shadow) -> Result<Self, DeploymentError> {
        let candidate = deployment.load(deployment.recorded_set(ledger, shadow.set.digest)?)?;
        let past = PastSets::new(Ledger::open_read_only(deployment.home.ledger())?, &deployment.sandbox);
        Ok(Self { candidate, past, engine: &deployment.engine })
    }

    /// Judges the decisions at some positions. Nothing comes of it if `stop` becomes true meanwhile. `progress` is told how many are
    /// done.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub fn judge(
        &self,
        ledger: &Ledger,
        range: Range<u64>,
        jobs: usize,
        stop: &AtomicBool,
        progress: impl FnMut(u64),
    ) -> Result<Option<ShadowCounts>, ReplayError> {
        let replay = Replay::beside_the_record(&self.candidate, self.engine, jobs, stop);
        let gathered = replay.stretch::<ShadowCounts>(ledger, &self.past, range, progress)?;
        let whole = gathered.parts.into_iter().fold(ShadowCounts::default(), |mut whole, part| {
            whole.add(part);
            whole
        });
        Ok(gathered.complete.then_some(whole))
    }
}

impl Deployment {
    /// Lets a set judge in the shadow from now on, by name or by file. It must be usable, and is kept as it is now, whatever becomes
    /// of the files.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub fn begin_shadow(&self, ledger: &mut Ledger, named: &str, act: Act<'_>) -> Result<Shadow, DeploymentError> {
        let set = self.set(named)?;
        // Before anything is compiled.
        History::read(ledger)?.may_shadow(&set)?;
        self.vouched_set(ledger, &set)?;
        self.load_from_file(Arc::clone(&set))?;
        self.keep(ledger, &set, act.at, act.by)?;
        let history = History::read(ledger)?;
        let event = history.begin_shadow(&set, act)?;
        let seq = record(ledger, &history, &[event])?;
        let begun = History::read(ledger)?.shadow.filter(|shadow| shadow.seq == seq);
        Ok(begun.ok_or(RolloutError::Raced)?)
    }

    /// Ends what [`begin_shadow`](Self::begin_shadow) began, and returns what that was.
    ///
    /// # Errors
    /// [`RolloutError::NoShadow`], or if the ledger cannot be written.
    pub fn end_shadow(&self, ledger: &mut Ledger, act: Act<'_>) -> Result<Shadow, DeploymentError> {
        let history = History::read(ledger)?;
        let event = history.end_shadow(act)?;
        record(ledger, &history, &[event])?;
        Ok(history.shadow.ok_or(RolloutError::NoShadow)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digest, SetRef};

    #[test]
    fn what_somebody_may_not_see_is_taken_out() {
        let set = SetRef { name: "s".into(), version: "1.0.0".into(), digest: Digest::of(b"s") };
        let (since, by, reason) = ("2026-11-20T09:00:00Z".into(), "ana".into(), "case 7".into());
        let shadow = Shadow { seq: 7, since, by, set, reason };
        let mut counts = ShadowCounts::default();
        for dimension in crate::replay::Dimension::ALL {
            counts.counts.by.insert(dimension, [("x".to_owned(), crate::replay::Slice::default())].into());
        }
        let whole = ShadowReport::new(shadow, counts, 3, None);
        let seen = |decisions, values| {
            let mut report = whole.clone();
            report.withhold(decisions, values);
            report.difference.map(|difference| difference.counts.by.len())
        };
        assert_eq!((seen(true, true), seen(true, false), seen(false, true)), (Some(5), Some(4), None));
        // What is written is read again, though one part of it stands flat beside the others.
        let text = serde_json::to_string(&whole).unwrap();
        assert!(text.starts_with("{\"seq\":7,\"since\""), "{text}");
        assert_eq!(serde_json::from_str::<ShadowReport>(&text).unwrap(), whole);
    }
}
