//! One suggestion through a set: validators, then policies, then the outcome.

use super::LoadedSet;
use super::answers::{Answers, Call, Calling};
use super::decide::{Voice, decide};
use super::span;
use crate::model::{
    Decision, Facts, Fault, Finding, GivenFinding, GivenReason, ModuleKind, ModuleRun, Outcome, Suggestion, Verdict,
};
use crate::modules::{FROZEN, SetModule};
use crate::sandbox::{Answer, Scratch, in_scope};

/// The code of the reason that is given where no policy spoke.
pub const NO_POLICY: &str = "countersign.no-policy";

/// The code of the reason that is given while everything is frozen.
pub const ALL_FROZEN: &str = "countersign.frozen";

/// Judges one suggestion. The same set, suggestion and facts give the same decision, bit for bit.
#[must_use]
pub fn judge(set: &LoadedSet<'_>, scratch: &mut Scratch, suggestion: &Suggestion, facts: &Facts<'_>) -> Decision {
    judge_by(&mut Calling(scratch), set, suggestion, facts)
}

/// As [`judge`], with the answers of modules from somewhere.
#[must_use]
pub fn judge_by(
    answers: &mut impl Answers,
    set: &LoadedSet<'_>,
    suggestion: &Suggestion,
    facts: &Facts<'_>,
) -> Decision {
    let mut record = Record::default();
    for (pinned, loaded) in set.modules() {
        let run = idle(pinned);
        match loaded {
            Ok(module) if !in_scope(&module.description().applies_to, suggestion, facts) => record.runs.push(run),
            Ok(module) => {
                let call = Call { pinned, module, suggestion, facts, found: &record.found };
                match pinned.locked.kind {
                    ModuleKind::Validator => {
                        let span = span::call(pinned);
                        let answer = span.in_scope(|| answers.validate(&call));
                        span::answered(&span, &answer);
                        record.validated(pinned, run, answer);
                    }
                    ModuleKind::Policy => {
                        let span = span::call(pinned);
                        let answer = span.in_scope(|| answers.decide(&call));
                        span::answered(&span, &answer);
                        record.decided(pinned, run, answer);
                    }
                }
            }
            Err(fault) => record.fault(pinned, run, fault.clone()),
        }
    }
    let judgement = decide(&record.voices);
    if !record.voices.iter().any(|voice| matches!(voice, Voice::Verdict { .. })) {
        let (code, message) = if set.set().lock.name == FROZEN {
            (ALL_FROZEN, "Everything is frozen: nothing is applied, and no module is asked.")
        } else {
            (NO_POLICY, "No policy of the set has said that this may be applied.")
        };
        record.reasons.push(GivenReason {
            module: "countersign".to_owned(),
            code: code.to_owned(),
            field: None,
            message: message.to_owned(),
            outcome: Outcome::Review,
        });
    }
    Decision {
        id: suggestion.id.clone(),
        outcome: judgement.outcome,
        decided_at: facts.now.clone(),
        set: set.set().set_ref.clone(),
        // A set does not know of others.
        canary: None,
        reasons: record.reasons,
        findings: record.findings,
        modules: record.runs,
        review: judgement.review,
    }
}

/// What has been said so far.
#[derive(Default)]
struct Record {
    voices: Vec<Voice>,
    reasons: Vec<GivenReason>,
    /// Findings as policies are given them.
    found: Vec<Finding>,
    findings: Vec<GivenFinding>,
    runs: Vec<ModuleRun>,
}

impl Record {
    fn validated(&mut self, pinned: &SetModule, mut run: ModuleRun, answer: Answer<Vec<Finding>>) {
        called(&mut run, answer.fuel, answer.log);
        match answer.result {
            Ok(findings) => {
                self.findings.extend(findings.iter().map(|finding| GivenFinding {
                    module: pinned.locked.name.clone(),
                    code: finding.code.clone(),
                    severity: finding.severity,
                    field: finding.field.clone(),
                    message: finding.message.clone(),
                }));
                self.found.extend(findings);
                self.runs.push(run);
            }
            Err(fault) => self.fault(pinned, run, fault),
        }
    }

    fn decided(&mut self, pinned: &SetModule, mut run: ModuleRun, answer: Answer<Verdict>) {
        called(&mut run, answer.fuel, answer.log);
        match answer.result {
            Ok(Verdict { outcome, reasons, review }) => {
                self.reasons.extend(reasons.into_iter().map(|reason| GivenReason {
                    module: pinned.locked.name.clone(),
                    code: reason.code,
                    field: reason.field,
                    message: reason.message,
                    outcome,
                }));
                run.outcome = Some(outcome);
                run.review.clone_from(&review);
                self.voices.push(Voice::Verdict { outcome, review });
                self.runs.push(run);
            }
            Err(fault) => self.fault(pinned, run, fault),
        }
    }

    /// The sandbox speaks for a module that gave no answer.
    fn fault(&mut self, pinned: &SetModule, mut run: ModuleRun, fault: Fault) {
        let on_fault = pinned.locked.on_fault;
        self.reasons.push(GivenReason {
            module: pinned.locked.name.clone(),
            code: format!("{}.fault", pinned.locked.name),
            field: None,
            message: format!("The module gave no answer: {fault}."),
            outcome: on_fault,
        });
        self.voices.push(Voice::Fault { on_fault });
        run.outcome = Some(on_fault);
        run.fault = Some(fault);
        self.runs.push(run);
    }
}

fn called(run: &mut ModuleRun, fuel: u64, log: Option<String>) {
    run.called = true;
    run.fuel = Some(fuel);
    run.log = log;
}

fn idle(pinned: &SetModule) -> ModuleRun {
    let locked = &pinned.locked;
    ModuleRun {
        name: locked.name.clone(),
        version: locked.version.clone(),
        kind: locked.kind,
        digest: locked.digest,
        settings: locked.settings,
        called: false,
        outcome: None,
        review: None,
        fault: None,
        fuel: None,
        log: None,
    }
}
