//! The report for a terminal.

use std::fmt::Write as _;

use super::opening::{self, DRAWN, FOUND, Version, found};
use crate::audit::{AuditReport, StratumRow};
use crate::replay::render::columns::columns;
use crate::replay::render::rows::First;
use crate::replay::render::words::grouped;

/// How many rows of a table are shown.
const MOST: usize = 15;

/// The report as plain text for a terminal, without colours.
#[must_use]
pub fn text(report: &AuditReport) -> String {
    let mut head = opening::title(report) + "\n";
    for (name, fact) in opening::facts(report) {
        let _ = writeln!(head, "  {:<10} {fact}", name.to_lowercase());
    }
    for notice in opening::notices(report) {
        let _ = writeln!(head, "! {notice}");
    }
    let _ = writeln!(head, "\n{}", opening::summary(report));
    let sets = versions("By set", "set", opening::sets(report));
    let modules = versions("By module that was called for a decision", "module", opening::modules(report));
    let parts = [head, strata(report), sets, modules];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn dotted(number: u64) -> String {
    if number == 0 { "·".to_owned() } else { grouped(number) }
}

fn strata(report: &AuditReport) -> String {
    let First { rows, left } = First::of(report.strata.iter().collect(), MOST);
    let row = |row: &StratumRow| {
        let counts = [grouped(row.drawn), grouped(row.population)];
        [opening::stratum(row)].into_iter().chain(found(row.findings, dotted)).chain(counts).collect()
    };
    let name = opening::stratum_head(report);
    let head = [&[name.as_str()][..], &FOUND, &DRAWN].concat();
    let table = columns(&head, 1, rows.into_iter().map(row).collect::<Vec<Vec<String>>>());
    format!("By stratum, the largest first\n{table}{}", left_out(left, "stratum", "strata"))
}

fn versions(title: &str, name: &str, lines: Vec<Version>) -> String {
    let First { rows, left } = First::of(lines, MOST);
    if rows.is_empty() {
        return String::new();
    }
    let row = |Version { name, digest, findings }: Version| {
        [name, digest].into_iter().chain(found(findings, dotted)).collect::<Vec<_>>()
    };
    let head = [&[name, "digest"][..], &FOUND].concat();
    let table = columns(&head, 2, rows.into_iter().map(row));
    format!("{title}\n{table}{}", left_out(left, name, &format!("{name}s")))
}

/// A last line that says how many rows are left out.
fn left_out(left: u64, one: &str, many: &str) -> String {
    match left {
        0 => String::new(),
        1 => format!("  and 1 more {one}; the JSON report has it\n"),
        _ => format!("  and {} more {many}; the JSON report has them all\n", grouped(left)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_report_says_what_was_drawn_and_found() {
        let said = text(&sample::report());
        for part in [
            "Audit of 2026-10\n",
            "  audited    9 of 11: 6 right, 2 wrong, 1 unclear\n",
            "! Not finished: nobody has looked at 2 drawn decisions yet.",
            "Of all 1\u{202f}000 decisions, an estimated ",
            "confidence · assistant",
            "confidence@1.0.0",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
        assert!(said.lines().all(|line| line.trim_end() == line), "{said}");
    }

    #[test]
    fn many_strata_are_cut_and_nothing_is_said_of_nothing() {
        let mut report = sample::report();
        report.strata = vec![report.strata[0].clone(); MOST + 3];
        assert!(text(&report).contains("  and 3 more strata; the JSON report has them all\n"), "{}", text(&report));
        let said = text(&sample::untouched());
        assert!(said.contains("nothing can be said") && !said.contains("By module"), "{said}");
    }

    #[test]
    fn hostile_names_move_no_cursor() {
        let said = text(&sample::hostile());
        assert!(!said.chars().any(|c| c != '\n' && c.is_control()), "{said:?}");
    }
}
