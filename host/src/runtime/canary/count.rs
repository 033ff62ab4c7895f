//! Counts what was decided while a canary runs and what people found wrong with it: from the ledger alone, behind those who
//! decide, and with handles that can only read.

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use crate::ledger::{EngineRef, EventKind, Ledger, LedgerError, Objection, RecordedDecision};
use crate::model::{Arm, Assignment, Decision, Outcome, RecordRef, Suggestion};
use crate::pipeline::LoadedSet;
use crate::replay::{Gathers, Pair, Replay, ReplayError, Work};
use crate::reproduce::PastSets;
use crate::rollout::{Beside, Canary, Counts, Evidence, Observed};
use crate::runtime::{Deployment, DeploymentError};

/// How many events are in memory at once.
const STRETCH: u64 = 4_096;

/// By how much more fuel than the active set the canary costs more.
const COSTLIER: u64 = 2;

/// What was counted of one canary so far.
pub(in crate::runtime) struct CanaryCount {
    /// The event that began the canary.
    begun: u64,
    /// The first event that was not looked at.
    next: u64,
    evidence: Evidence,
}

/// Counts, with the active set to judge what the canary decided.
pub(in crate::runtime) struct CanaryCounter<'a> {
    against: LoadedSet<'a>,
    past: PastSets<'a>,
    engine: &'a EngineRef,
}

impl CanaryCount {
    /// Nothing yet.
    pub(in crate::runtime) fn new(canary: &Canary) -> Self {
        Self { begun: canary.seq, next: canary.seq + 1, evidence: Evidence::default() }
    }

    /// What was counted of this canary before, to go on with; what was counted of another one is forgotten.
    pub(in crate::runtime) fn of<'c>(kept: &'c mut Option<Self>, canary: &Canary) -> &'c mut Self {
        let before = kept.take().filter(|before| before.begun == canary.seq);
        kept.insert(before.unwrap_or_else(|| Self::new(canary)))
    }

    /// The event that began the canary.
    pub(in crate::runtime) const fn begun(&self) -> u64 {
        self.begun
    }

    /// The first event that was not looked at.
    pub(in crate::runtime) const fn next(&self) -> u64 {
        self.next
    }

    /// What was counted.
    pub(in crate::runtime) fn counts(&self) -> Counts {
        self.evidence.counts()
    }

    /// Takes in what some positions hold; what people say comes after what they say it about.
    fn add(&mut self, seen: &Sightings, objections: &[(EventKind, RecordedDecision)]) {
        for sighting in seen.all.iter().filter(|sighting| sighting.assignment.canary == self.begun) {
            let Sighting { record, assignment, outcome, faulted, beside, .. } = sighting;
            let (outcome, faulted, beside) = (*outcome, *faulted, *beside);
            self.evidence.decision(&Observed { record, assignment, outcome, faulted, beside });
        }
        for _ in 0..seen.passed_over {
            self.evidence.passed_over();
        }
        for (kind, decision) in objections {
            let Some(assignment) = decision.canary.as_ref().filter(|assignment| assignment.canary == self.begun) else {
                continue;
            };
            let (record, arm) = (&decision.suggestion.target, assignment.arm);
            match kind {
                EventKind::Reviewed => self.evidence.overridden(record, arm),
                EventKind::Corrected => self.evidence.corrected(record, arm),
                // Where people were asked, what they answered counts, and not what an audit says of it.
                EventKind::Audited if decision.outcome == Outcome::Apply => self.evidence.corrected(record, arm),
                _ => {}
            }
        }
    }
}

impl<'a> CanaryCounter<'a> {
    /// Loads the active set, as the ledger keeps it.
    ///
    /// # Errors
    /// See [`DeploymentError`].
    pub(in crate::runtime) fn new(
        deployment: &'a Deployment,
        ledger: &Ledger,
        canary: &Canary,
    ) -> Result<Self, DeploymentError> {
        let against = deployment.load(deployment.recorded_set(ledger, canary.against.digest)?)?;
        let past = PastSets::new(Ledger::open_read_only(deployment.home.ledger())?, &deployment.sandbox);
        Ok(Self { against, past, engine: &deployment.engine })
    }

    /// Counts what stands before a position and was not counted yet. Returns false if `stop` became true before it was done.
    /// `progress` is told how many decisions were looked at. After an error nothing of a stretch was counted, and it can be
    /// counted again.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub(in crate::runtime) fn follow(
        &self,
        count: &mut CanaryCount,
        ledger: &Ledger,
        until: u64,
        jobs: usize,
        stop: &AtomicBool,
        mut progress: impl FnMut(u64),
    ) -> Result<bool, ReplayError> {
        while count.next < until {
            let range = count.next..until.min(count.next + STRETCH);
            let replay = Replay::beside_the_record(&self.against, self.engine, jobs, stop);
            let gathered = replay.stretch::<Sightings>(ledger, &self.past, range.clone(), &mut progress)?;
            if !gathered.complete {
                return Ok(false);
            }
            let mut seen = gathered.parts.into_iter().fold(Sightings::default(), Sightings::with);
            // Of several decisions about a record the first one counts.
            seen.all.sort_unstable_by_key(|sighting| sighting.at);
            let objections = objections(ledger, &range)?;
            count.add(&seen, &objections);
            count.next = range.end;
        }
        Ok(true)
    }
}

/// What people found wrong, as some positions say it, with the decisions about it. What was erased does not say any more which
/// record it was about.
fn objections(ledger: &Ledger, range: &Range<u64>) -> Result<Vec<(EventKind, RecordedDecision)>, LedgerError> {
    let mut found = Vec::new();
    for Objection { seq, kind, suggestion_id } in ledger.objections(range)? {
        let decided = ledger.decision(&suggestion_id)?.filter(|decided| decided.seq < seq);
        let Some(body) = decided.and_then(|decided| decided.body) else { continue };
        if let Ok(decision) = RecordedDecision::read(&body) {
            found.push((kind, decision));
        }
    }
    Ok(found)
}

/// What one thread sees of canaries.
#[derive(Default)]
struct Sightings {
    all: Vec<Sighting>,
    passed_over: u64,
    work: Work,
}

/// One decision that was made by an assignment.
struct Sighting {
    at: u64,
    record: RecordRef,
    assignment: Assignment,
    outcome: Outcome,
    faulted: bool,
    beside: Option<Beside>,
}

impl Sightings {
    fn with(mut self, other: Self) -> Self {
        self.all.extend(other.all);
        self.passed_over += other.passed_over;
        self
    }
}

impl Gathers for Sightings {
    /// Only what the canary decided is judged again.
    fn meet(&mut self, at: u64, suggestion: &Suggestion, decision: &Decision) -> bool {
        let Some(assignment) = decision.canary.clone() else { return false };
        let arm = assignment.arm;
        self.all.push(Sighting {
            at,
            record: suggestion.target.clone(),
            assignment,
            outcome: decision.outcome,
            faulted: decision.modules.iter().any(|run| run.fault.is_some()),
            beside: None,
        });
        arm == Arm::Canary
    }

    fn pair(&mut self, pair: &Pair<'_>) {
        let fuel = |decision: &Decision| -> u64 { decision.modules.iter().filter_map(|run| run.fuel).sum() };
        let Some(sighting) = self.all.last_mut().filter(|sighting| sighting.at == pair.at) else { return };
        // With another engine the same work costs otherwise.
        let costs_more = pair.same_engine && fuel(pair.before) > fuel(pair.after).saturating_mul(COSTLIER);
        sighting.beside = Some(Beside { differs: pair.before.outcome != pair.after.outcome, costs_more });
    }

    fn work(&mut self) -> &mut Work {
        &mut self.work
    }

    fn unusable(&mut self, _why: &'static str, _at: u64, _id: &str) {
        self.passed_over += 1;
    }
}
