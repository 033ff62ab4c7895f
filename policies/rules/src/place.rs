//! Where in a source something is wrong.

use std::fmt::Display;

/// `source:3:7: what is wrong`, with the line and the column (in characters) of a byte of the text.
///
/// ```
/// assert_eq!(rules::place::at("source", "a\nbé?", 5, "what is this?"), "source:2:3: what is this?");
/// ```
#[must_use]
pub fn at(key: &str, text: &str, offset: usize, what: impl Display) -> String {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    line_and_column(key, line, column, what)
}

/// The same, where line and column are known. Only the first line of what is wrong is kept: the rest of an engine's
/// message draws the place.
#[must_use]
pub fn line_and_column(key: &str, line: usize, column: usize, what: impl Display) -> String {
    let what = what.to_string();
    let first = what.trim().lines().next().unwrap_or_default();
    format!("{key}:{line}:{column}: {}", if first.is_empty() { "is refused" } else { first })
}

/// A message without what stands in backticks: what went wrong with a suggestion stays on record, and must not repeat its
/// values.
///
/// ```
/// assert_eq!(rules::place::without_values("cannot add `1` and `\"a\"`"), "cannot add `…` and `…`");
/// ```
#[must_use]
pub fn without_values(message: &str) -> String {
    let mut inside = true;
    let parts = message.split('`').map(|part| {
        inside = !inside;
        if inside { "…" } else { part }
    });
    parts.collect::<Vec<_>>().join("`")
}
