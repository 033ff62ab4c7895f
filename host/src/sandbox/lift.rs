//! From what a module returned to the model, within the limits. What a guest returns is hostile.

use super::bindings::types as wit;
use crate::model::{
    CodeMeaning, Description, Fault, FaultKind, Finding, Limits, Operation, Outcome, Parts, Reads, Reason, ReviewNeeds,
    Scope, Severity, Verdict,
};

/// Checks what one call returned against the limits and the codes that the module declared.
pub(super) struct Lifting<'a> {
    limits: &'a Limits,
    codes: &'a [CodeMeaning],
    /// Bytes of output that are left.
    left: usize,
}

impl<'a> Lifting<'a> {
    pub(super) fn new(limits: &'a Limits, codes: &'a [CodeMeaning]) -> Self {
        Self { limits, codes, left: limits.output }
    }

    pub(super) fn findings(mut self, from: Vec<wit::FindingResult>) -> Result<Vec<Finding>, Fault> {
        self.count(from.len(), "findings")?;
        from.into_iter()
            .map(|finding| {
                Ok(Finding {
                    code: self.code(finding.code)?,
                    severity: severity(finding.severity),
                    field: finding.field.map(|field| self.text(field, "a field name")).transpose()?,
                    message: self.text(finding.message, "a message")?,
                })
            })
            .collect()
    }

    pub(super) fn verdict(mut self, from: wit::Verdict) -> Result<Verdict, Fault> {
        self.count(from.reasons.len(), "reasons")?;
        let reasons = from
            .reasons
            .into_iter()
            .map(|reason| {
                Ok(Reason {
                    code: self.code(reason.code)?,
                    field: reason.field.map(|field| self.text(field, "a field name")).transpose()?,
                    message: self.text(reason.message, "a message")?,
                })
            })
            .collect::<Result<_, Fault>>()?;
        let review = from
            .review
            .map(|needs| {
                Ok::<_, Fault>(ReviewNeeds {
                    role: needs.role.map(|role| self.text(role, "a role")).transpose()?,
                    approvals: needs.approvals.max(1),
                    priority: needs.priority.min(9),
                    within_hours: needs.within_hours,
                })
            })
            .transpose()?;
        Ok(Verdict { outcome: outcome(from.outcome), reasons, review })
    }

    /// The error arm: why the module cannot judge.
    pub(super) fn declined(mut self, why: String) -> Fault {
        match self.text(why, "an error") {
            Ok(why) => Fault::new(FaultKind::Declined, why),
            Err(fault) => fault,
        }
    }

    fn count(&self, len: usize, what: &str) -> Result<(), Fault> {
        if len <= self.limits.items {
            return Ok(());
        }
        Err(output(format!("returned {len} {what}; the limit is {}", self.limits.items)))
    }

    fn text(&mut self, text: String, what: &str) -> Result<String, Fault> {
        if text.len() > self.limits.string {
            return Err(output(format!(
                "returned {what} of {} bytes; the limit is {}",
                text.len(),
                self.limits.string
            )));
        }
        match self.left.checked_sub(text.len()) {
            Some(left) => self.left = left,
            None => return Err(output(format!("returned more than the limit of {} bytes in all", self.limits.output))),
        }
        Ok(text)
    }

    fn code(&mut self, code: String) -> Result<String, Fault> {
        let code = self.text(code, "a code")?;
        if self.codes.iter().any(|known| known.code == code) {
            return Ok(code);
        }
        Err(output(format!("returned the code {code:?}, which its description does not list")))
    }
}

fn output(detail: String) -> Fault {
    Fault::new(FaultKind::Output, detail)
}

/// The most entries of any list in a description, and the longest text in it: the schema.
const DESCRIPTION_ENTRIES: usize = 1_000;
const DESCRIPTION_TEXT: usize = 256 << 10;

/// A module's description, checked.
pub(super) fn description(from: wit::Description) -> Result<Description, String> {
    let wit::Description { name, version, summary, applies_to, reads, codes, settings_schema } = from;
    let named = !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !named {
        return Err(format!("calls itself {name:?}; a name is 1 to 64 lower case letters, digits and hyphens"));
    }
    if let Err(error) = semver::Version::parse(&version) {
        return Err(format!("gives the version {version:?}: {error}"));
    }
    let lists = [codes.len(), reads.fields.len(), applies_to.fields.len(), applies_to.objects.len()];
    if lists.into_iter().any(|len| len > DESCRIPTION_ENTRIES) {
        return Err(format!("describes itself with a list of more than {DESCRIPTION_ENTRIES} entries"));
    }
    if summary.len() + settings_schema.len() > DESCRIPTION_TEXT {
        return Err(format!("describes itself with more than {DESCRIPTION_TEXT} bytes"));
    }
    if let Err(error) = serde_json::from_str::<serde_json::Value>(&settings_schema) {
        return Err(format!("gives a settings schema that is no JSON: {error}"));
    }
    let prefix = format!("{name}.");
    if let Some(stray) = codes.iter().find(|code| !code.code.starts_with(&prefix)) {
        return Err(format!("lists the code {:?}, which does not begin with `{prefix}`", stray.code));
    }
    let has = |part| reads.parts.contains(part);
    Ok(Description {
        applies_to: Scope {
            operations: applies_to.operations.into_iter().map(operation).collect(),
            objects: applies_to.objects,
            fields: applies_to.fields,
        },
        reads: Reads {
            parts: Parts {
                evidence: has(wit::Parts::EVIDENCE),
                excerpts: has(wit::Parts::EXCERPTS),
                rationale: has(wit::Parts::RATIONALE),
                assistant: has(wit::Parts::ASSISTANT),
                changed_values: has(wit::Parts::CHANGED_VALUES),
                field_facts: has(wit::Parts::FIELD_FACTS),
                consents: has(wit::Parts::CONSENTS),
                regimes: has(wit::Parts::REGIMES),
                segment: has(wit::Parts::SEGMENT),
            },
            fields: reads.fields,
            history_days: reads.history_days,
        },
        codes: codes.into_iter().map(|code| CodeMeaning { code: code.code, meaning: code.meaning }).collect(),
        name,
        version,
        summary,
        settings_schema,
    })
}

fn operation(from: wit::Operation) -> Operation {
    match from {
        wit::Operation::Append => Operation::Append,
        wit::Operation::Enrich => Operation::Enrich,
        wit::Operation::Overwrite => Operation::Overwrite,
        wit::Operation::Clear => Operation::Clear,
        wit::Operation::Merge => Operation::Merge,
        wit::Operation::Delete => Operation::Delete,
        wit::Operation::Summarize => Operation::Summarize,
        wit::Operation::Act => Operation::Act,
    }
}

fn severity(from: wit::Severity) -> Severity {
    match from {
        wit::Severity::Info => Severity::Info,
        wit::Severity::Low => Severity::Low,
        wit::Severity::Medium => Severity::Medium,
        wit::Severity::High => Severity::High,
        wit::Severity::Critical => Severity::Critical,
    }
}

fn outcome(from: wit::Outcome) -> Outcome {
    match from {
        wit::Outcome::Apply => Outcome::Apply,
        wit::Outcome::Review => Outcome::Review,
        wit::Outcome::HumanOnly => Outcome::HumanOnly,
        wit::Outcome::Reject => Outcome::Reject,
    }
}
