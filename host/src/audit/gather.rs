//! Puts a report together: what was drawn, what was found, and what the decisions were made with.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::report::{AuditReport, FORMAT, ModuleRow, SampleFacts, SetRow, StratumRow, Tally};
use super::{AuditError, ClearDecision, Finding, Findings, Sample, findings, stratified};
use crate::ledger::Ledger;
use crate::model::Digest;
use crate::modules::Lock;
use crate::reproduce::{ReproduceError, set_lock};

/// Name, version and digest.
type Version = (String, String, String);

/// What was found, by what decisions were made with.
#[derive(Default)]
struct Made {
    locks: BTreeMap<Digest, Lock>,
    sets: BTreeMap<Version, Tally>,
    modules: BTreeMap<Version, Tally>,
}

/// The report about a sample, with what is on record of it.
///
/// # Errors
/// If the ledger cannot be read, or lacks what a decision cites.
pub fn report(ledger: &Ledger, sample: &Sample) -> Result<AuditReport, AuditError> {
    let found = findings(ledger, sample)?;
    let mut made = Made::default();
    for (id, audited) in &found {
        let Some(entry) = ledger.decision_entry(id)? else {
            return Err(AuditError::Missing { id: id.clone(), sample: sample.seq });
        };
        made.count(ledger, &ClearDecision::read(&entry)?, audited.finding)?;
    }
    let strata = strata(sample, &found);
    let drawing = &sample.drawing;
    let mut all = Tally::default();
    for audited in found.values() {
        all.count(audited.finding);
    }
    let row = |((name, version, digest), findings): (Version, Tally)| (name, version, digest, findings);
    let sets = largest(made.sets).map(row).map(|(name, version, digest, findings)| SetRow {
        name,
        version,
        digest,
        findings,
        error: findings.error().estimate(),
    });
    let modules = largest(made.modules).map(row).map(|(name, version, digest, findings)| ModuleRow {
        name,
        version,
        digest,
        findings,
        error: findings.error().estimate(),
    });
    Ok(AuditReport {
        format: FORMAT,
        sample: facts(ledger, sample),
        population: drawing.population,
        drawn: drawing.drawn(),
        open: drawing.drawn().saturating_sub(all.all()),
        findings: all,
        estimate: stratified(strata.iter().map(|row| (row.population, row.findings.error()))),
        strata,
        sets: sets.collect(),
        modules: modules.collect(),
    })
}

fn facts(ledger: &Ledger, sample: &Sample) -> SampleFacts {
    let drawing = &sample.drawing;
    SampleFacts {
        log: hex::encode(ledger.log_id()),
        event: sample.seq,
        at: sample.at.clone(),
        month: drawing.month.to_string(),
        rate_ppm: drawing.rate_ppm,
        by: drawing.by.clone(),
        outcome: drawing.outcome.to_string(),
        seed_size: drawing.seed.size,
        seed_root: drawing.seed.root.to_string(),
    }
}

fn strata(sample: &Sample, found: &Findings) -> Vec<StratumRow> {
    let row = |stratum: &super::Stratum| {
        let mut findings = Tally::default();
        for audited in stratum.drawn.iter().filter_map(|id| found.get(id)) {
            findings.count(audited.finding);
        }
        StratumRow {
            stratum: stratum.stratum.clone(),
            population: stratum.population,
            drawn: stratum.drawn.len() as u64,
            findings,
            error: findings.error().estimate(),
        }
    };
    let mut rows: Vec<_> = sample.drawing.strata.iter().map(row).collect();
    // Sorting is stable: equal ones stay in the order of their names.
    rows.sort_by_key(|row| Reverse(row.population));
    rows
}

/// Those with the most findings first; of equal ones, in the order of their names.
fn largest(all: BTreeMap<Version, Tally>) -> impl Iterator<Item = (Version, Tally)> {
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(_, findings)| Reverse(findings.all()));
    all.into_iter()
}

impl Made {
    fn count(&mut self, ledger: &Ledger, decision: &ClearDecision, finding: Finding) -> Result<(), AuditError> {
        let set = &decision.set;
        let unusable = |source| AuditError::Set { id: decision.id.clone(), source };
        let lock = match self.locks.entry(set.digest) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                new.insert(set_lock(ledger, set.digest).map_err(unusable)?)
            }
        };
        let names = |(run, pinned): (&super::ClearRun, &crate::modules::LockedModule)| run.name == pinned.name;
        if decision.modules.len() != lock.modules.len() || !decision.modules.iter().zip(&lock.modules).all(names) {
            let message = "it is not that of the set's lock".to_owned();
            return Err(unusable(ReproduceError::Unreadable { what: "list of modules", message }));
        }
        let version = (set.name.clone(), set.version.clone(), set.digest.to_string());
        self.sets.entry(version).or_default().count(finding);
        for (_, pinned) in decision.modules.iter().zip(&lock.modules).filter(|(run, _)| run.called) {
            let version = (pinned.name.clone(), pinned.version.clone(), pinned.digest.to_string());
            self.modules.entry(version).or_default().count(finding);
        }
        Ok(())
    }
}
