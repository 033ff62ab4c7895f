//! Cases of a set: files of one suggestion and what is to be decided about it, in `sets/<name>/cases/`.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Deployment, DeploymentError};
use crate::authoring::{Answered, Case, Difference, Expect, Said, check, read_cases};
use crate::model::{Decision, Facts, Finding, Outcome, Reason, Verdict};
use crate::pipeline::{LoadedSet, judge};
use crate::sandbox::Scratch;

/// A case that was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestedSetCase {
    /// The name of its file, without its ending.
    pub name: String,
    /// Its file.
    pub file: PathBuf,
    /// What it shows.
    pub about: String,
    /// What was decided.
    pub outcome: Outcome,
    /// How that is not what was expected.
    pub differences: Vec<Difference>,
}

impl TestedSetCase {
    /// Whether it came out as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl Deployment {
    /// Runs every case of a folder through a set; none if there is no folder. A case that has no catalogue of its own is judged
    /// with that of the deployment.
    ///
    /// # Errors
    /// [`DeploymentError::SetCases`] if a file is no case of a set.
    pub fn test_set(&self, set: &LoadedSet<'_>, folder: &Path) -> Result<Vec<TestedSetCase>, DeploymentError> {
        let cases = read_cases(folder).map_err(|errors| {
            DeploymentError::SetCases(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        let mut scratch = Scratch::default();
        cases.iter().map(|case| self.test_case(set, &mut scratch, case)).collect()
    }

    fn test_case(
        &self,
        set: &LoadedSet<'_>,
        scratch: &mut Scratch,
        case: &Case,
    ) -> Result<TestedSetCase, DeploymentError> {
        let given = &case.given;
        let of_modules = [
            ("settings", given.settings != "{}"),
            ("findings", !given.findings.is_empty()),
            ("expect.called", case.expect.called.is_some()),
        ];
        if let Some((key, _)) = of_modules.iter().find(|(_, given)| *given) {
            let message = format!(
                "{}: key `{key}`: is for the case of a module; a set has its settings in its own file, and calls what applies",
                case.path.display()
            );
            return Err(DeploymentError::SetCases(message));
        }
        let facts = if given.catalogue.is_empty() {
            Facts::of(&given.suggestion, &self.catalogue, given.now.clone(), given.history.clone())
        } else {
            given.facts()
        };
        let decision = judge(set, scratch, &given.suggestion, &facts);
        Ok(TestedSetCase {
            name: case.name.clone(),
            file: case.path.clone(),
            about: case.about.clone(),
            outcome: decision.outcome,
            differences: differences(&case.expect, &decision),
        })
    }
}

/// How a decision is not what was expected: all that its policies said, and then all that its validators found.
fn differences(expect: &Expect, decision: &Decision) -> Vec<Difference> {
    let fuel = decision.modules.iter().filter_map(|run| run.fuel).sum();
    let reasons = decision.reasons.iter().map(|reason| Reason {
        code: reason.code.clone(),
        field: reason.field.clone(),
        message: reason.message.clone(),
    });
    let verdict = Verdict { outcome: decision.outcome, reasons: reasons.collect(), review: decision.review.clone() };
    let findings = decision.findings.iter().map(|finding| Finding {
        code: finding.code.clone(),
        severity: finding.severity,
        field: finding.field.clone(),
        message: finding.message.clone(),
    });
    let of_policies = Expect { findings: None, fault: None, ..expect.clone() };
    let of_validators = Expect { findings: expect.findings.clone(), ..Expect::default() };
    let answered = |said| Answered { said, fuel, log: None };
    let mut found = check(&of_policies, &answered(Said::Verdict(verdict)));
    found.extend(check(&of_validators, &answered(Said::Findings(findings.collect()))));
    // A fault is never expected unless it is given.
    let faults: Vec<_> = decision.modules.iter().filter_map(|run| Some((&run.name, run.fault.as_ref()?))).collect();
    match (&expect.fault, faults.first()) {
        (None, Some((module, fault))) => found.push(Difference {
            what: "fault".to_owned(),
            expected: "none".to_owned(),
            got: format!("{module}: {fault}"),
        }),
        (Some(wanted), _) => {
            let met = faults.iter().any(|(_, fault)| {
                let detail = wanted.detail.as_ref();
                fault.kind == wanted.kind && detail.is_none_or(|detail| fault.detail.contains(detail))
            });
            if !met {
                let got =
                    faults.first().map_or_else(|| "none".to_owned(), |(module, fault)| format!("{module}: {fault}"));
                found.push(Difference { what: "fault".to_owned(), expected: format!("{:?}", wanted.kind), got });
            }
        }
        (None, None) => {}
    }
    found
}
