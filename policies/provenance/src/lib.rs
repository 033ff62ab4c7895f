//! Asks for review where too few of the cited sources can be verified.

mod settings;
mod source;
mod uri;

use std::fmt::Write as _;

use countersign_guest::prelude::*;

pub use settings::Settings;
use source::{Failure, judge};

/// The most sources that get a reason of their own; nobody reads more.
const MOST_REASONS: usize = 8;

/// The configured module.
pub struct Provenance(Settings);

impl Module for Provenance {
    const NAME: &'static str = "provenance";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("provenance.missing", "The assistant cites no source at all."),
        ("provenance.not-verifiable", "Sources are cited, but too few of them can be verified."),
        ("provenance.kind", "The source is of a kind that does not count."),
        ("provenance.host", "The source is on a denied host, or not on one that counts."),
        ("provenance.stale", "The source was read too long ago, or does not say when."),
        ("provenance.no-digest", "The source comes without the SHA-256 of what was read."),
        ("provenance.not-independent", "The source is the record itself, or has been cited before."),
        ("provenance.future", "The source claims to have been read in the future."),
        ("provenance.unreadable", "The URI of the source, or the time when it was read, is malformed."),
    ];
    type Settings = Settings;

    fn configure(mut settings: Settings) -> Result<Self, String> {
        if !(1..=16).contains(&settings.minimum) {
            return Err(format!("minimum: {} is not from 1 to 16", settings.minimum));
        }
        if settings.kinds.iter().any(|kind| kind.trim().is_empty()) {
            return Err("kinds: a kind is blank".to_owned());
        }
        if settings.on_missing == Outcome::Apply {
            return Err(
                "on-missing: `apply` would switch the module off without anyone seeing it in the set".to_owned()
            );
        }
        read_hosts("hosts", &mut settings.hosts)?;
        read_hosts("denied-hosts", &mut settings.denied_hosts)?;
        Ok(Self(settings))
    }

    fn reads(&self) -> Reads {
        Reads::parts(Parts::EVIDENCE)
    }
}

/// Brings hosts into the form in which they are compared.
fn read_hosts(key: &str, hosts: &mut [String]) -> Result<(), String> {
    for host in hosts {
        match uri::host_name(host) {
            Some(name) => *host = name,
            None => {
                return Err(format!("{key}: `{host}` is no host; write `example.com`, which covers its subdomains"));
            }
        }
    }
    Ok(())
}

impl Policy for Provenance {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let settings = &self.0;
        let now = Timestamp::parse(&facts.now).ok_or("the time of the decision is no time")?;
        let outcome = settings.on_missing;
        if suggestion.evidence.is_empty() {
            return Ok(Verdict::of(outcome, Reason::new("provenance.missing", "The assistant cites no source.")));
        }
        let mut counted: Vec<&Evidence> = Vec::new();
        let mut failures = Vec::new();
        let mut best: Option<(usize, Failure)> = None;
        for (number, source) in (1..).zip(&suggestion.evidence) {
            let Err(failure) = judge(settings, &suggestion.target, now, source, &counted) else {
                counted.push(source);
                if counted.len() >= settings.minimum {
                    return Ok(Verdict::apply());
                }
                continue;
            };
            if failures.len() < MOST_REASONS {
                failures.push(Reason::new(failure.code, format!("Source {number} {}.", failure.why)));
            }
            if best.as_ref().is_none_or(|(_, best)| failure.passed > best.passed) {
                best = Some((number, failure));
            }
        }
        let mut message = format!("{} of {} needed sources can be verified", counted.len(), settings.minimum);
        if let Some((number, Failure { why, .. })) = best {
            let _ = write!(message, "; the best of the others, source {number}, {why}");
        }
        message.push('.');
        let mut verdict = Verdict::of(outcome, Reason::new("provenance.not-verifiable", message));
        for reason in failures {
            verdict.add(outcome, reason);
        }
        Ok(verdict)
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Provenance);

#[cfg(test)]
mod tests;
