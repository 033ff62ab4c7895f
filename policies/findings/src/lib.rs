//! Turns what the validators found into an outcome, by severity and by code.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use countersign_guest::prelude::*;

/// What follows from a finding.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// By severity. A severity that is not named keeps its default: `apply` for info and low, `review` for
    /// medium, `human-only` for high, `reject` for critical.
    severities: BTreeMap<Severity, Outcome>,
    /// By code, such as `email-domain.free`, or for all codes of a module, `email-domain.*`; instead of what
    /// the severity says. A code goes before its module.
    codes: BTreeMap<String, Outcome>,
    /// From how many findings of low severity or above the suggestion is reviewed, whatever follows from each;
    /// 0: never. Findings for which `codes` says `apply` do not count.
    too_many: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { severities: BTreeMap::new(), codes: BTreeMap::new(), too_many: 5 }
    }
}

/// The configured module.
pub struct Findings(Settings);

impl Module for Findings {
    const NAME: &'static str = "findings";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("findings.info", "A validator found something worth knowing, and the settings make it count."),
        ("findings.low", "A validator found something of low severity, and the settings make it count."),
        ("findings.medium", "A validator found something of medium severity."),
        ("findings.high", "A validator found something of high severity."),
        ("findings.critical", "A validator found something critical."),
        ("findings.many", "The validators found too many things, each of which might pass alone."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        for code in settings.codes.keys() {
            // A key that can match nothing is a typing error, and would silently leave the severity's outcome.
            match code.split_once('.') {
                Some((module, what)) if is_name(module) && (what == "*" || is_name(what)) => {}
                _ => return Err(format!("codes: `{code}` is neither `<module>.<what>` nor `<module>.*`")),
            }
        }
        Ok(Self(settings))
    }
}

impl Policy for Findings {
    fn decide(&self, _: &Suggestion, _: &Facts, findings: &[Finding]) -> Result<Verdict, String> {
        let mut judged: Vec<_> = findings.iter().map(|finding| (self.follows(finding), finding)).collect();
        let counted = |(outcome, finding): &&(Outcome, &Finding)| {
            finding.severity >= Severity::Low && (*outcome > Outcome::Apply || self.by_code(&finding.code).is_none())
        };
        let count = judged.iter().filter(counted).count();
        // The most serious first, for whoever reads no further.
        judged.sort_by_key(|(outcome, finding)| Reverse((*outcome, finding.severity)));

        let mut objections = Objections::default();
        for (outcome, finding) in judged {
            objections.add(outcome, repeat(finding));
        }
        if self.0.too_many > 0 && count >= self.0.too_many {
            let message = format!("There are {count} findings of low severity or above.");
            objections.add(Outcome::Review, Reason::new("findings.many", message));
        }
        Ok(objections.into_verdict())
    }
}

impl Findings {
    /// What follows from a finding.
    fn follows(&self, finding: &Finding) -> Outcome {
        let by_severity = || self.0.severities.get(&finding.severity).copied();
        self.by_code(&finding.code).or_else(by_severity).unwrap_or(match finding.severity {
            Severity::Info | Severity::Low => Outcome::Apply,
            Severity::Medium => Outcome::Review,
            Severity::High => Outcome::HumanOnly,
            Severity::Critical => Outcome::Reject,
        })
    }

    /// What `codes` says about a code, if anything.
    fn by_code(&self, code: &str) -> Option<Outcome> {
        let codes = &self.0.codes;
        if codes.is_empty() {
            return None;
        }
        let of_module = || code.split_once('.').and_then(|(module, _)| codes.get(&format!("{module}.*")));
        codes.get(code).or_else(of_module).copied()
    }
}

/// The finding as a reason.
fn repeat(finding: &Finding) -> Reason {
    let code = match finding.severity {
        Severity::Info => "findings.info",
        Severity::Low => "findings.low",
        Severity::Medium => "findings.medium",
        Severity::High => "findings.high",
        Severity::Critical => "findings.critical",
    };
    Reason::new(code, format!("{}: {}", finding.code, finding.message)).about(finding.field.as_deref())
}

/// Whether a text is the name of a module or of what it found: lower-case letters, digits and hyphens.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Findings);
