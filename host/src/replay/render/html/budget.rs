//! What the budget says.

use super::table::{escaped, left_out, table};
use crate::replay::Checked;
use crate::replay::render::opening::{self, Verdict};
use crate::replay::render::rows::{First, limits};
use crate::replay::render::words::short;

/// How many limits are shown.
const MOST: usize = 100;

/// The verdict, and the limits with what was found.
pub(super) fn section(checked: &[Checked]) -> String {
    let (verdict, words) = opening::verdict(checked);
    let kind = match verdict {
        Verdict::None => "",
        Verdict::Kept => " kept",
        Verdict::Exceeded => " exceeded",
    };
    let words = escaped(&words);
    let First { rows, left } = limits(checked, MOST);
    let row = |one: &Checked| {
        let mark =
            if one.exceeded { "<b class=\"bad\">✗ exceeded</b>" } else { "<span class=\"good\">✓ kept</span>" };
        let text = |text: &str| escaped(&short(text));
        vec![mark.to_owned(), text(&one.figure), text(&one.limit), text(&one.found)]
    };
    let table = if rows.is_empty() {
        String::new()
    } else {
        let head = ["result", "figure", "limit", "found"];
        table("Limits of the budget, exceeded ones first", &head, 4, rows.into_iter().map(row))
    };
    format!("<section><h2 class=\"verdict{kind}\">{words}</h2>\n{table}{}</section>\n", left_out(left, "limit"))
}
