//! What a comment is made of.

use std::fmt::Write as _;

use crate::replay::render::words::short;

/// The most bytes: GitHub takes 65,536 characters, and a bot may want to add a line.
const MOST_BYTES: usize = 60_000;

/// What the sentence about left-out parts may need of them.
const RESERVED: usize = 400;

/// A comment that grows only as far as it may.
pub(crate) struct Comment {
    text: String,
    left_out: Vec<String>,
}

impl Comment {
    /// A comment with its beginning, which is there whatever its length.
    pub(crate) fn new(text: String) -> Self {
        Self { text, left_out: Vec::new() }
    }

    /// Adds the first form of a part that there is room for, or else remembers that it is left out.
    pub(crate) fn add(&mut self, name: &str, forms: &[String]) {
        let room = MOST_BYTES - RESERVED;
        match forms.iter().find(|form| self.text.len() + form.len() < room) {
            Some(form) => self.text.push_str(form),
            None => self.left_out.push(name.to_owned()),
        }
    }

    /// The whole text, with a sentence about what it leaves out.
    pub(crate) fn finish(mut self) -> String {
        if !self.left_out.is_empty() {
            let parts = self.left_out.join(", ");
            let _ =
                writeln!(self.text, "\nToo long for a comment, so this is left out: {parts}. The HTML report has it.");
        }
        self.text
    }
}

/// A name as code, which GitHub looks for neither markup nor mentions in. What would end the code or the cell is
/// written out as other special characters are.
pub(crate) fn code(name: &str) -> String {
    tick(&short(name))
}

/// A text that is visible already, as code.
pub(crate) fn tick(shown: &str) -> String {
    format!("`{}`", shown.replace('`', "\\u{60}").replace('|', "\\u{7c}"))
}

/// A table: the first `left` columns to the left, the others to the right. Cells must be escaped already.
pub(crate) fn table(head: &[&str], left: usize, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let marks: Vec<_> = (0..head.len()).map(|index| if index < left { "---" } else { "---:" }).collect();
    let mut text = format!("| {} |\n| {} |\n", head.join(" | "), marks.join(" | "));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}
