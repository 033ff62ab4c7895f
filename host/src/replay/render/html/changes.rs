//! Which outcomes changed, and why.

use std::fmt::Write as _;

use super::table::{escaped, examples, left_out, number, table};
use crate::model::Outcome;
use crate::replay::render::rows::{First, groups};
use crate::replay::render::words::{because, change, grouped, percent};
use crate::replay::{Cause, Members, Rate, Report};

/// How many groups are shown.
const MOST: usize = 100;

/// The outcomes before and after as a table with tinted cells.
pub(super) fn outcomes(report: &Report) -> String {
    let all = &report.counts.all;
    let total = all.suggestions();
    if total == 0 {
        return String::new();
    }
    let sum = |count| format!("<td class=\"n sum\">{}</td>", number(count));
    let mut rows = String::new();
    for before in Outcome::ALL {
        let cells: String = Outcome::ALL.map(|after| cell(before, after, all.all.get(before, after), total)).concat();
        let name = before.as_str();
        let of = sum(all.all.sum(|row, _| row == before));
        let _ = writeln!(rows, "<tr><th scope=\"row\">{name}</th>{cells}{of}</tr>");
    }
    let sums = Outcome::ALL.map(|after| sum(all.all.sum(|_, column| column == after))).concat();
    let heads = Outcome::ALL.map(|after| format!("<th scope=\"col\" class=\"n\">{}</th>", after.as_str())).concat();
    format!(
        "<section><h2>Outcomes before and after</h2>\n<p>\
         <span class=\"key loose l3\">▼ below the diagonal: loosened</span> \
         <span class=\"key tight l3\">▲ above it: tightened</span> \
         <span class=\"key same l3\">on it: unchanged</span></p>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Outcomes before and after\">\
         <table class=\"heat\">\n<caption>Each row is an outcome before, each column one after</caption>\n\
         <thead><tr><th scope=\"col\">before</th>{heads}<th scope=\"col\" class=\"n\">all before</th></tr></thead>\n\
         <tbody>\n{rows}<tr><th scope=\"row\">all after</th>{sums}{}</tr>\n</tbody></table></div></section>\n",
        sum(total)
    )
}

/// A cell, the darker the more suggestions there are in it.
fn cell(before: Outcome, after: Outcome, count: u64, total: u64) -> String {
    let (kind, mark, word) = match after.cmp(&before) {
        std::cmp::Ordering::Less => ("loose", "▼ ", "loosened"),
        std::cmp::Ordering::Equal => ("same", "", "unchanged"),
        std::cmp::Ordering::Greater => ("tight", "▲ ", "tightened"),
    };
    if count == 0 {
        return format!("<td class=\"n {kind}\">{}</td>", number(0));
    }
    let level = match u128::from(count) * 1000 / u128::from(total.max(1)) {
        0..5 => 1,
        5..20 => 2,
        20..100 => 3,
        _ => 4,
    };
    let share = escaped(&percent(Rate { count, of: total }));
    format!(
        "<td class=\"n {kind} l{level}\"><span aria-hidden=\"true\">{mark}</span>{}<small>{share}</small>\
         <span class=\"unseen\"> {word}</span></td>",
        grouped(count)
    )
}

/// The groups of changed suggestions, the largest first.
pub(super) fn causes(report: &Report) -> String {
    let First { rows, left } = groups(&report.counts, MOST);
    let largest = rows.first().map_or(1, |(_, members)| members.suggestions.count);
    if rows.is_empty() {
        return String::new();
    }
    let row = |(cause, members): (&Cause, &Members)| {
        let count = members.suggestions.count;
        let kind = if cause.after < cause.before { "loose" } else { "tight" };
        let width = u128::from(count) * 1000 / u128::from(largest.max(1));
        // A group that is there must be seen.
        let bar =
            format!("<span class=\"bar {kind}\" style=\"width:{}.{}%\"></span>", width.max(5) / 10, width.max(5) % 10);
        let why = because(cause, |reason| format!("<code>{}</code>", escaped(reason)));
        let change = change(cause.before, cause.after);
        // What is wrong and would be applied is what nobody wants.
        let wrong = match members.wrong {
            some if some > 0 && cause.after == Outcome::Apply => format!("<b class=\"bad\">{}</b>", grouped(some)),
            wrong => number(wrong),
        };
        vec![
            format!("<span class=\"change {kind}\">{change}</span> {why}{bar}"),
            examples(&members.suggestions.examples, count, 3),
            grouped(count),
            wrong,
            number(members.right),
        ]
    };
    let head = ["what changed, and why", "such as", "suggestions", "known wrong", "known right"];
    let caption = "Changed suggestions by what caused the change, the largest groups first";
    let table = table(caption, &head, 2, rows.into_iter().map(row));
    format!("<section class=\"causes\"><h2>Why outcomes changed</h2>\n{table}{}</section>\n", left_out(left, "group"))
}
