//! What went wrong, what was left out, and what it took.

use std::fmt::Write as _;

use super::table::{escaped, examples, left_out, name, number, table};
use crate::replay::render::opening;
use crate::replay::render::rows::First;
use crate::replay::render::words::{grouped, short};
use crate::replay::{Faults, Report, Tally, Work};

/// How many rows are shown.
const MOST: usize = 50;

/// Modules that gave no answer.
pub(super) fn faults(report: &Report) -> String {
    let mut all: Vec<_> = report.counts.faults.iter().collect();
    all.sort_by_key(|(_, faults)| std::cmp::Reverse(faults.new.count));
    let First { rows, left } = First::of(all, MOST);
    if report.counts.all.suggestions() == 0 && rows.is_empty() {
        return String::new();
    }
    if rows.is_empty() {
        return "<section><h2>Faults</h2>\n<p>None: every module gave an answer each time.</p></section>\n".to_owned();
    }
    let row = |(fault, faults): (&String, &Faults)| {
        let such = if faults.new.count > 0 { &faults.new } else { &faults.gone };
        let counts = [&faults.new, &faults.gone, &faults.kept].map(|tally| number(tally.count));
        [name(fault), examples(&such.examples, such.count, 3)].into_iter().chain(counts).collect()
    };
    let head = ["module and fault", "such as", "new", "gone", "on both sides"];
    let caption = "Suggestions on which a module gave no answer, new ones first";
    let table = table(caption, &head, 2, rows.into_iter().map(row));
    format!("<section><h2>Faults</h2>\n{table}{}</section>\n", left_out(left, "kind"))
}

/// Where the answers of modules came from.
pub(super) fn work(report: &Report) -> String {
    let differing = &report.counts.differing;
    if report.counts.work == Work::default() && differing.count == 0 {
        return String::new();
    }
    let mut text = format!("<section><h2>Where answers came from</h2>\n<p>{}.</p>\n", escaped(&opening::work(report)));
    if differing.count > 0 {
        let _ = writeln!(
            text,
            "<p class=\"bad\">Suggestions whose recorded answers came out otherwise: {}, such as {}.</p>",
            grouped(differing.count),
            examples(&differing.examples, differing.count, 5)
        );
    }
    text + "</section>\n"
}

/// Decisions that could not be replayed.
pub(super) fn not_replayable(report: &Report) -> String {
    let mut all: Vec<_> = report.counts.not_replayable.iter().collect();
    all.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.count));
    let First { rows, left } = First::of(all, MOST);
    if rows.is_empty() {
        return String::new();
    }
    let row = |(reason, tally): (&String, &Tally)| {
        vec![escaped(&short(reason)), examples(&tally.examples, tally.count, 3), grouped(tally.count)]
    };
    let head = ["reason", "such as", "decisions"];
    let table = table("Decisions that could not be replayed, by reason", &head, 2, rows.into_iter().map(row));
    format!("<section><h2>Not replayable</h2>\n{table}{}</section>\n", left_out(left, "reason"))
}
