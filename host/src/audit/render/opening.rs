//! What every form says: which sample, whether it was looked at whole, and what it comes to.

use crate::audit::{AuditReport, By, ModuleRow, SetRow, StratumRow, Tally, Weighted};
use crate::replay::Rate;
use crate::replay::render::words::{count, digits, grouped, hundredths, interval, percent, short};

/// What the report is about, in a line.
pub(super) fn title(report: &AuditReport) -> String {
    format!("Audit of {}", short(&report.sample.month))
}

/// Which decisions, how they were drawn, and what was found: each with a word for it.
pub(super) fn facts(report: &AuditReport) -> [(&'static str, String); 4] {
    let sample = &report.sample;
    let by: Vec<&str> = sample.by.iter().map(|by| by.as_str()).collect();
    let findings = &report.findings;
    [
        ("Decisions", format!("{}, {}", grouped(report.population), outcomes(&sample.outcome))),
        (
            "Sample",
            format!(
                "{} drawn, {} of each stratum by {} (event {}, {})",
                grouped(report.drawn),
                sample.rate_ppm,
                by.join(", "),
                sample.event,
                short(&sample.at)
            ),
        ),
        ("Seed", format!("root {} over {}", digits(&sample.seed_root), count(sample.seed_size, "event"))),
        (
            "Audited",
            format!(
                "{} of {}: {} right, {} wrong, {} unclear",
                grouped(findings.all()),
                grouped(report.drawn),
                grouped(findings.right),
                grouped(findings.wrong),
                grouped(findings.unclear)
            ),
        ),
    ]
}

fn outcomes(outcome: &str) -> String {
    match outcome {
        "all" => "of any outcome".to_owned(),
        outcome => format!("with the outcome {}", short(outcome)),
    }
}

/// Why the report may not be taken at its word.
pub(super) fn notices(report: &AuditReport) -> Vec<String> {
    let mut notices = Vec::new();
    if report.open > 0 {
        let drawn = count(report.open, "drawn decision");
        notices
            .push(format!("Not finished: nobody has looked at {drawn} yet. Those that are left may be the hard ones."));
    }
    notices
}

/// What the audit comes to, in a sentence or two.
pub(super) fn summary(report: &AuditReport) -> String {
    let Some(Weighted { value, low, high, covered }) = report.estimate else {
        return "Nothing was found to be right or wrong yet, so nothing can be said about the decisions.".to_owned();
    };
    let which = if covered == report.population {
        format!("all {}", count(report.population, "decision"))
    } else {
        format!(
            "the {} of strata in which something is known (of {})",
            count(covered, "decision"),
            grouped(report.population)
        )
    };
    format!(
        "Of {which}, an estimated {} % are wrong (95 % interval {}–{} %), with each stratum weighted by its size.",
        hundredths(value),
        hundredths(low),
        hundredths(high)
    )
}

/// A stratum's name.
pub(super) fn stratum(row: &StratumRow) -> String {
    row.stratum.iter().map(|part| short(part)).collect::<Vec<_>>().join(" · ")
}

/// What a stratum's name is made of.
pub(super) fn stratum_head(report: &AuditReport) -> String {
    report.sample.by.iter().copied().map(By::as_str).collect::<Vec<_>>().join(" · ")
}

/// One line about a set or a module.
pub(super) struct Version {
    /// Its name and version.
    pub name: String,
    /// The first digits of its digest.
    pub digest: String,
    /// What was found.
    pub findings: Tally,
}

/// The lines about sets.
pub(super) fn sets(report: &AuditReport) -> Vec<Version> {
    let line = |SetRow { name, version, digest, findings, .. }: &SetRow| line(name, version, digest, *findings);
    report.sets.iter().map(line).collect()
}

/// The lines about modules.
pub(super) fn modules(report: &AuditReport) -> Vec<Version> {
    let line = |ModuleRow { name, version, digest, findings, .. }: &ModuleRow| line(name, version, digest, *findings);
    report.modules.iter().map(line).collect()
}

fn line(name: &str, version: &str, digest: &str, findings: Tally) -> Version {
    Version { name: format!("{}@{}", short(name), short(version)), digest: digits(digest), findings }
}

/// The rate, and what was found, in the columns of every table: what matters most stands where a narrow page shows it.
pub(super) fn found(findings: Tally, number: fn(u64) -> String) -> [String; 5] {
    let error: Rate = findings.error();
    [percent(error), interval(error), number(findings.right), number(findings.wrong), number(findings.unclear)]
}

/// The heads of these columns.
pub(super) const FOUND: [&str; 5] = ["error rate", "95 % interval", "right", "wrong", "unclear"];

/// The heads of the columns that strata have beyond these.
pub(super) const DRAWN: [&str; 2] = ["drawn", "decisions"];
