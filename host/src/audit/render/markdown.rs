//! The report as Markdown.

use std::fmt::Write as _;

use super::opening::{self, DRAWN, FOUND, Version, found};
use crate::audit::{AuditReport, StratumRow};
use crate::replay::render::markdown::comment::{Comment, table, tick};
use crate::replay::render::rows::First;
use crate::replay::render::words::{grouped, length};

/// How many rows of a table are shown, and how many where there is little room.
const MOST: [usize; 2] = [100, 10];

/// The report as Markdown, never too long for a comment.
#[must_use]
pub fn markdown(report: &AuditReport) -> String {
    let mut head = format!("### {}\n\n", opening::title(report));
    for notice in opening::notices(report) {
        let _ = writeln!(head, "> [!WARNING]\n> {notice}\n");
    }
    let _ = writeln!(head, "{}\n", opening::summary(report));
    for (name, fact) in opening::facts(report) {
        let _ = writeln!(head, "- {}: {}", name.to_lowercase(), tick(&fact));
    }
    let mut comment = Comment::new(head);
    comment.add("the strata", &MOST.map(|most| strata(report, most)));
    comment.add("the sets", &MOST.map(|most| versions("set", opening::sets(report), most)));
    comment.add("the modules", &MOST.map(|most| versions("module", opening::modules(report), most)));
    comment.finish()
}

fn strata(report: &AuditReport, most: usize) -> String {
    let First { rows, left } = First::of(report.strata.iter().collect(), most);
    let row = |row: &StratumRow| {
        let counts = [grouped(row.drawn), grouped(row.population)];
        [tick(&opening::stratum(row))].into_iter().chain(found(row.findings, grouped)).chain(counts).collect()
    };
    let name = opening::stratum_head(report);
    let head = [&[name.as_str()][..], &FOUND, &DRAWN].concat();
    let rows: Vec<Vec<String>> = rows.into_iter().map(row).collect();
    format!("\n#### By stratum ({})\n\n{}{}", length(&report.strata), table(&head, 1, rows), left_out(left))
}

fn versions(name: &str, lines: Vec<Version>, most: usize) -> String {
    let First { rows, left } = First::of(lines, most);
    if rows.is_empty() {
        return String::new();
    }
    let row = |Version { name, digest, findings }: Version| {
        [tick(&name), tick(&digest)].into_iter().chain(found(findings, grouped)).collect::<Vec<_>>()
    };
    let head = [&[name, "digest"][..], &FOUND].concat();
    format!("\n#### By {name}\n\n{}{}", table(&head, 2, rows.into_iter().map(row)), left_out(left))
}

fn left_out(left: u64) -> String {
    if left == 0 { String::new() } else { format!("\nand {} more\n", grouped(left)) }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn tables_have_their_rows() {
        let said = markdown(&sample::report());
        for part in [
            "### Audit of 2026-10\n",
            "> [!WARNING]\n> Not finished",
            "| `>=0.99 · acme/enricher` | 14.3 % | 2.6–51.3 % | 6 | 1 | 1 | 9 | 900 |\n",
            "| `confidence@1.0.0` | ",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
    }

    #[test]
    fn hostile_names_stay_code_in_their_cell() {
        let said = markdown(&sample::hostile());
        assert!(said.len() <= 60_000, "{}", said.len());
        for line in said.lines() {
            let ours: String = line.split('`').step_by(2).collect();
            assert!(line.matches('`').count().is_multiple_of(2), "{line}");
            assert!(!["script", "octocat", "evil", "img"].iter().any(|theirs| ours.contains(theirs)), "{line}");
        }
    }
}
