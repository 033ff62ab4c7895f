//! Answers that need not be computed: modules are pure, so the same module with the same settings and the same inputs
//! has given the answer already.
//!
//! A module is always told the suggestion's id and the record's, so its inputs are the same only within one suggestion:
//! on record, and in the other set of the same run.

use super::counts::Work;
use super::past::Record;
use crate::model::{Fault, FaultKind, Finding, GivenFinding, Limits, ModuleKind, ModuleRun, Outcome, Reason, Verdict};
use crate::modules::LockedModule;
use crate::pipeline::{Answers, Call};
use crate::sandbox::{Answer, Scratch};

/// Answers for one suggestion: from the record, from the other set of this run, or from calling.
pub(super) struct Known<'a> {
    pub scratch: &'a mut Scratch,
    /// The decision on record, if its facts are those of this run.
    pub record: Option<&'a Record>,
    /// What another set's modules answered, and these; none if answers are not to be remembered.
    pub memory: Option<&'a mut Memory>,
    /// Whether recorded answers are computed again and compared.
    pub recheck: bool,
    pub work: &'a mut Work,
    /// Whether one of them came out otherwise.
    pub differs: bool,
}

/// What modules answered about one suggestion under the same facts.
#[derive(Default)]
pub(super) struct Memory {
    validators: Vec<(LockedModule, Answer<Vec<Finding>>)>,
    policies: Vec<(LockedModule, Vec<Finding>, Answer<Verdict>)>,
}

impl Memory {
    /// Forgets everything, for the next suggestion.
    pub fn clear(&mut self) {
        self.validators.clear();
        self.policies.clear();
    }
}

impl Answers for Known<'_> {
    fn validate(&mut self, call: &Call<'_>) -> Answer<Vec<Finding>> {
        if let Some(answer) = self.record.and_then(|record| record.validated(call)) {
            self.work.reused += 1;
            if self.recheck {
                self.work.rechecked += 1;
                self.differs |= call.validate(self.scratch) != answer;
            }
            return answer;
        }
        let known = self
            .memory
            .as_ref()
            .and_then(|memory| memory.validators.iter().find(|(module, _)| same_module(module, &call.pinned.locked)));
        if let Some((_, answer)) = known {
            self.work.remembered += 1;
            return answer.clone();
        }
        self.work.called += 1;
        let answer = call.validate(self.scratch);
        if let Some(memory) = &mut self.memory {
            memory.validators.push((call.pinned.locked.clone(), answer.clone()));
        }
        answer
    }

    fn decide(&mut self, call: &Call<'_>) -> Answer<Verdict> {
        if let Some(answer) = self.record.and_then(|record| record.decided(call)) {
            self.work.reused += 1;
            if self.recheck {
                self.work.rechecked += 1;
                self.differs |= call.decide(self.scratch) != answer;
            }
            return answer;
        }
        let known = self.memory.as_ref().and_then(|memory| {
            let mut policies = memory.policies.iter();
            policies.find(|(module, found, _)| same_module(module, &call.pinned.locked) && found == call.found)
        });
        if let Some((_, _, answer)) = known {
            self.work.remembered += 1;
            return answer.clone();
        }
        self.work.called += 1;
        let answer = call.decide(self.scratch);
        if let Some(memory) = &mut self.memory {
            memory.policies.push((call.pinned.locked.clone(), call.found.to_vec(), answer.clone()));
        }
        answer
    }
}

/// Whether two sets pin the same module with the same settings and limits.
fn same_module(one: &LockedModule, other: &LockedModule) -> bool {
    let parts = |module: &LockedModule| -> (ModuleKind, _, _, Limits) {
        (module.kind, module.digest, module.settings, module.limits)
    };
    parts(one) == parts(other)
}

impl Record {
    /// What a validator answered, if it was this one.
    fn validated(&self, call: &Call<'_>) -> Option<Answer<Vec<Finding>>> {
        let (_, run) = self.run(call)?;
        let result = if let Some(fault) = &run.fault {
            Err(repeatable(fault)?)
        } else {
            let own = self.decision.findings.iter().filter(|finding| finding.module == run.name);
            Ok(own.map(finding).collect())
        };
        Some(Answer { result, fuel: run.fuel?, log: run.log.clone() })
    }

    /// What a policy answered, if it was this one and was told the same findings.
    fn decided(&self, call: &Call<'_>) -> Option<Answer<Verdict>> {
        let (index, run) = self.run(call)?;
        let told = &self.decision.findings;
        if told.len() != call.found.len() || !told.iter().zip(call.found).all(|(one, other)| same_finding(one, other)) {
            return None;
        }
        let result = if let Some(fault) = &run.fault {
            Err(repeatable(fault)?)
        } else {
            let outcome = run.outcome?;
            // What it wanted of a review must be on record where it matters.
            if matches!(outcome, Outcome::Review | Outcome::HumanOnly) && !*self.reviews_known.get(index)? {
                return None;
            }
            let own = self.decision.reasons.iter().filter(|reason| reason.module == run.name);
            let reasons = own.map(|given| Reason {
                code: given.code.clone(),
                field: given.field.clone(),
                message: given.message.clone(),
            });
            Ok(Verdict { outcome, reasons: reasons.collect(), review: run.review.clone() })
        };
        Some(Answer { result, fuel: run.fuel?, log: run.log.clone() })
    }

    /// What the called module did then, if the set had it then and it was called.
    fn run(&self, call: &Call<'_>) -> Option<(usize, &ModuleRun)> {
        let index = self.lock.modules.iter().position(|module| same_module(module, &call.pinned.locked))?;
        self.decision.modules.get(index).filter(|run| run.called).map(|run| (index, run))
    }
}

/// A fault that comes again with the same inputs: not those of the host or the clock.
fn repeatable(fault: &Fault) -> Option<Fault> {
    (!matches!(fault.kind, FaultKind::Stalled | FaultKind::Unavailable)).then(|| fault.clone())
}

fn finding(given: &GivenFinding) -> Finding {
    let GivenFinding { code, severity, field, message, .. } = given;
    Finding { code: code.clone(), severity: *severity, field: field.clone(), message: message.clone() }
}

fn same_finding(given: &GivenFinding, finding: &Finding) -> bool {
    given.code == finding.code
        && given.severity == finding.severity
        && given.field == finding.field
        && given.message == finding.message
}
