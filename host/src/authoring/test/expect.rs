//! What a case expects, and how an answer differs from it.

use serde::{Deserialize, Serialize};

use super::answer::{Answered, Said, shown};
use crate::model::{FaultKind, Outcome, Severity};

/// What a case expects. Only what is given is compared; a fault is never expected unless it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Whether the host calls the module at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called: Option<bool>,
    /// A policy's outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Exactly these codes, in any order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codes: Option<Vec<String>>,
    /// Reasons that must be among those given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<Noted>>,
    /// Findings that must be among those given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Noted>>,
    /// What the review must look like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// The fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<ExpectedFault>,
    /// The most fuel that the call may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_fuel: Option<u64>,
}

/// Parts of a reason or finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Noted {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Parts of what a review must look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvals: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_hours: Option<u32>,
}

/// A fault that is expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFault {
    /// Its kind; `unavailable` where the settings are refused.
    pub kind: FaultKind,
    /// A text that its detail contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One way in which an answer is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What differs: `outcome`, `codes`, `reasons[0]`.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub got: String,
}

/// How an answer differs from what is expected.
#[must_use]
pub fn check(expect: &Expect, answered: &Answered) -> Vec<Difference> {
    let mut found = Differences(Vec::new());
    let said = &answered.said;
    let called = *said != Said::NotCalled;
    if let Some(expected) = expect.called {
        found.compare("called", &expected, &called);
    }
    match (&expect.fault, said) {
        (Some(expected), Said::Fault(fault)) => {
            found.compare("fault.kind", &expected.kind, &fault.kind);
            if let Some(detail) = expected.detail.as_ref().filter(|detail| !fault.detail.contains(*detail)) {
                found.add("fault.detail", format!("…{detail}…"), fault.detail.clone());
            }
        }
        (Some(expected), _) => found.add("fault", shown(expected), outline(said)),
        (None, Said::Fault(fault)) => found.add("fault", "none".to_owned(), fault.to_string()),
        (None, _) => {}
    }
    if let Some(expected) = expect.outcome {
        match said {
            Said::Verdict(verdict) => found.compare("outcome", &expected, &verdict.outcome),
            _ => found.add("outcome", expected.as_str().to_owned(), outline(said)),
        }
    }
    if let Some(expected) = &expect.codes {
        let (mut expected, mut got) = (expected.iter().map(String::as_str).collect::<Vec<_>>(), said.codes());
        expected.sort_unstable();
        got.sort_unstable();
        found.compare("codes", &expected, &got);
    }
    found.among("reasons", expect.reasons.as_deref(), said);
    found.among("findings", expect.findings.as_deref(), said);
    if let Some(expected) = &expect.review {
        let got = match said {
            Said::Verdict(verdict) => verdict.review.clone(),
            _ => None,
        };
        let fits = got.as_ref().is_some_and(|got| {
            expected.role.as_ref().is_none_or(|role| got.role.as_ref() == Some(role))
                && expected.approvals.is_none_or(|approvals| got.approvals == approvals)
                && expected.priority.is_none_or(|priority| got.priority == priority)
                && expected.within_hours.is_none_or(|hours| got.within_hours == Some(hours))
        });
        if !fits {
            found.add("review", shown(expected), shown(&got));
        }
    }
    if let Some(most) = expect.max_fuel.filter(|most| answered.fuel > *most) {
        found.add("max_fuel", format!("at most {most}"), answered.fuel.to_string());
    }
    found.0
}

/// What was said, in a few words.
fn outline(said: &Said) -> String {
    match said {
        Said::Verdict(verdict) => format!("{} {:?}", verdict.outcome.as_str(), said.codes()),
        Said::Findings(_) => format!("findings {:?}", said.codes()),
        Said::Fault(fault) => format!("fault {fault}"),
        Said::NotCalled => "not called: the module does not apply here".to_owned(),
    }
}

struct Differences(Vec<Difference>);

impl Differences {
    fn add(&mut self, what: &str, expected: String, got: String) {
        self.0.push(Difference { what: what.to_owned(), expected, got });
    }

    fn compare<T: PartialEq + Serialize>(&mut self, what: &str, expected: &T, got: &T) {
        if expected != got {
            self.add(what, shown(expected), shown(got));
        }
    }

    /// Each of what is expected must be met by one of those that were said.
    fn among(&mut self, what: &str, expected: Option<&[Noted]>, said: &Said) {
        let got: Vec<Noted> = noted(what, said);
        for (index, wanted) in expected.unwrap_or_default().iter().enumerate() {
            if !got.iter().any(|got| meets(wanted, got)) {
                self.add(&format!("{what}[{index}]"), shown(wanted), shown(&got));
            }
        }
    }
}

/// The reasons or findings that were said, whole.
pub(super) fn noted(what: &str, said: &Said) -> Vec<Noted> {
    match said {
        Said::Verdict(verdict) if what == "reasons" => verdict
            .reasons
            .iter()
            .map(|reason| Noted {
                code: Some(reason.code.clone()),
                severity: None,
                field: reason.field.clone(),
                message: Some(reason.message.clone()),
            })
            .collect(),
        Said::Findings(findings) if what == "findings" => findings
            .iter()
            .map(|finding| Noted {
                code: Some(finding.code.clone()),
                severity: Some(finding.severity),
                field: finding.field.clone(),
                message: Some(finding.message.clone()),
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn meets(wanted: &Noted, got: &Noted) -> bool {
    wanted.code.as_ref().is_none_or(|_| wanted.code == got.code)
        && wanted.severity.is_none_or(|_| wanted.severity == got.severity)
        && wanted.field.as_ref().is_none_or(|_| wanted.field == got.field)
        && wanted.message.as_ref().is_none_or(|_| wanted.message == got.message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fault, Reason, Verdict};

    fn answered(said: Said) -> Answered {
        Answered { said, fuel: 1_000, log: None }
    }

    fn verdict() -> Answered {
        let reason = Reason { code: "m.low".into(), field: Some("city".into()), message: "Too low.".into() };
        answered(Said::Verdict(Verdict { outcome: Outcome::Review, reasons: vec![reason], review: None }))
    }

    fn differences(expect: &str, answered: &Answered) -> Vec<String> {
        let expect: Expect = serde_json::from_str(expect).unwrap();
        check(&expect, answered).into_iter().map(|difference| difference.what).collect()
    }

    #[test]
    fn only_what_is_given_is_compared() {
        for expect in ["{}", r#"{"outcome":"review"}"#, r#"{"codes":["m.low"],"reasons":[{"field":"city"}]}"#] {
            assert!(differences(expect, &verdict()).is_empty(), "{expect}");
        }
        for (expect, what) in [
            (r#"{"outcome":"apply"}"#, "outcome"),
            (r#"{"codes":[]}"#, "codes"),
            (r#"{"reasons":[{"code":"m.low"},{"message":"Else."}]}"#, "reasons[1]"),
            (r#"{"review":{"approvals":2}}"#, "review"),
            (r#"{"fault":{"kind":"fuel"}}"#, "fault"),
            (r#"{"findings":[{}]}"#, "findings[0]"),
            (r#"{"called":false}"#, "called"),
            (r#"{"max_fuel":999}"#, "max_fuel"),
        ] {
            assert_eq!(differences(expect, &verdict()), [what], "{expect}");
        }
    }

    #[test]
    fn a_fault_is_never_well_unless_it_is_expected() {
        let fault = answered(Said::Fault(Fault::new(FaultKind::Declined, "no catalogue")));
        assert_eq!(differences("{}", &fault), ["fault"]);
        assert!(differences(r#"{"fault":{"kind":"declined","detail":"catalogue"}}"#, &fault).is_empty());
        assert_eq!(differences(r#"{"fault":{"kind":"declined","detail":"dog"}}"#, &fault), ["fault.detail"]);
    }
}
