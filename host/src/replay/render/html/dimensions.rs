//! The same figures for parts of the suggestions.

use super::table::{escaped, left_out, name, number, table};
use crate::replay::render::rows::{First, names};
use crate::replay::render::words::moved;
use crate::replay::{Dimension, Report, Side, Slice};

/// How many names of a dimension are shown.
const MOST: usize = 50;

/// A table for each dimension.
pub(super) fn section(report: &Report) -> String {
    let tables: String = Dimension::ALL.map(|dimension| of(report, dimension)).concat();
    if tables.is_empty() {
        return String::new();
    }
    format!(
        "<section class=\"parts\"><h2>By field, segment, assistant, operation and object</h2>\n\
         <p>A suggestion that changes two fields counts for both. Those with the most changes come first.</p>\n\
         {tables}</section>\n"
    )
}

fn of(report: &Report, dimension: Dimension) -> String {
    let First { rows, left } = names(&report.counts, dimension, MOST);
    if rows.is_empty() {
        return String::new();
    }
    let row = |(shown, slice): (&str, &Slice)| {
        let moved = |rate: fn(&Slice, Side) -> _| escaped(&moved(rate(slice, Side::Before), rate(slice, Side::After)));
        vec![
            name(shown),
            number(slice.suggestions()),
            number(slice.changed().count),
            number(slice.loosened().count),
            number(slice.tightened().count),
            moved(Slice::automation),
            moved(Slice::false_applies),
        ]
    };
    let word = dimension.as_str();
    let head = [word, "suggestions", "changed", "loosened", "tightened", "automation rate", "false-apply rate"];
    let table = table(&format!("By {word}"), &head, 1, rows.into_iter().map(row));
    format!("<h3 class=\"unseen\">By {word}</h3>\n{table}{}", left_out(left, "name"))
}
