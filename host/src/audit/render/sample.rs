//! Reports for tests.

use crate::audit::{AuditReport, By, FORMAT, ModuleRow, SampleFacts, SetRow, StratumRow, Tally, stratified};
use crate::model::Digest;

/// Names as an attacker would write them.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "a|b `code` ```",
    "line\n\n# heading",
    "nul\0esc\u{1b}[31m\u{202e}",
    "@octocat https://evil.example",
    "\"><img src=x onerror=alert(1)>",
];

fn facts() -> SampleFacts {
    SampleFacts {
        log: "9f3c5a7be01244d1".to_owned(),
        event: 4711,
        at: "2026-11-02T08:00:00Z".to_owned(),
        month: "2026-10".to_owned(),
        rate_ppm: "1%".parse().unwrap(),
        by: vec![By::Confidence, By::Assistant],
        outcome: "apply".to_owned(),
        seed_size: 4700,
        seed_root: Digest::of(b"root").to_string(),
    }
}

fn stratum(name: [&str; 2], population: u64, drawn: u64, findings: Tally) -> StratumRow {
    let stratum = name.map(str::to_owned).to_vec();
    StratumRow { stratum, population, drawn, findings, error: findings.error().estimate() }
}

fn whole(strata: Vec<StratumRow>, modules: &[&str]) -> AuditReport {
    let mut findings = Tally::default();
    for row in &strata {
        findings.right += row.findings.right;
        findings.wrong += row.findings.wrong;
        findings.unclear += row.findings.unclear;
    }
    let drawn = strata.iter().map(|row| row.drawn).sum();
    let known = findings.all() > 0;
    let (version, digest, error) = ("1.0.0".to_owned(), Digest::of(b"x").to_string(), findings.error().estimate());
    let module = |name: &&str| ModuleRow {
        name: (*name).to_owned(),
        version: version.clone(),
        digest: digest.clone(),
        findings,
        error,
    };
    let set = SetRow { name: "crm".to_owned(), version: version.clone(), digest: digest.clone(), findings, error };
    AuditReport {
        format: FORMAT,
        sample: facts(),
        population: strata.iter().map(|row| row.population).sum(),
        drawn,
        open: drawn - findings.all(),
        findings,
        estimate: stratified(strata.iter().map(|row| (row.population, row.findings.error()))),
        sets: if known { vec![set] } else { Vec::new() },
        modules: if known { modules.iter().map(module).collect() } else { Vec::new() },
        strata,
    }
}

/// A typical report.
pub fn report() -> AuditReport {
    let strata = vec![
        stratum([">=0.99", "acme/enricher"], 900, 9, Tally { right: 6, wrong: 1, unclear: 1 }),
        stratum(["0.95-0.99", "acme/enricher"], 100, 2, Tally { right: 0, wrong: 1, unclear: 0 }),
    ];
    whole(strata, &["confidence", "vendor"])
}

/// A report before anybody has looked.
pub fn untouched() -> AuditReport {
    whole(vec![stratum([">=0.99", "acme/enricher"], 900, 9, Tally::default())], &[])
}

/// A report with hostile names wherever a name stands.
pub fn hostile() -> AuditReport {
    let strata = HOSTILE.map(|name| stratum([name, name], 90, 9, Tally { right: 5, wrong: 1, unclear: 0 }));
    let mut report = whole(strata.to_vec(), &HOSTILE);
    report.sets.iter_mut().for_each(|set| HOSTILE[0].clone_into(&mut set.name));
    report
}
