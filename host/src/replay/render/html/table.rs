//! Tables, and what may stand in them.

use std::fmt::Write as _;

use crate::replay::Example;
use crate::replay::render::rows::{First, ids};
use crate::replay::render::words::{count, grouped, short};

/// A visible text as the text or an attribute's value of HTML and XML.
pub(crate) fn escaped(visible: &str) -> String {
    visible
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// A name as it stands in tables.
pub(crate) fn name(name: &str) -> String {
    format!("<code>{}</code>", escaped(&short(name)))
}

/// A number as it stands in tables; nothing is a dot, so that numbers stand out.
pub(crate) fn number(number: u64) -> String {
    if number == 0 { "<span class=\"none\">·</span>".to_owned() } else { grouped(number) }
}

/// A table that scrolls on its own where the page is narrow. The first `left` columns are text, the others numbers; the
/// first cell of each row is its head. Cells must be escaped already.
pub(crate) fn table(caption: &str, head: &[&str], left: usize, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let class = |index: usize| if index < left { "" } else { " class=\"n\"" };
    let heads = head.iter().enumerate();
    let head: Vec<_> = heads.map(|(index, name)| format!("<th scope=\"col\"{}>{name}</th>", class(index))).collect();
    let mut body = String::new();
    for row in rows {
        body.push_str("<tr>");
        for (index, cell) in row.into_iter().enumerate() {
            let class = class(index);
            // Writing to a text does not fail.
            let _ = match index {
                0 => write!(body, "<th scope=\"row\"{class}>{cell}</th>"),
                _ => write!(body, "<td{class}>{cell}</td>"),
            };
        }
        body.push_str("</tr>\n");
    }
    // What scrolls must be reachable with the keyboard.
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table>\n\
         <caption>{caption}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n",
        head.concat()
    )
}

/// A sentence about the rows that a table leaves out.
pub(crate) fn left_out(left: u64, noun: &str) -> String {
    if left == 0 {
        return String::new();
    }
    format!(
        "<p class=\"more\">{} not shown here; the JSON report has them all.</p>\n",
        count(left, &format!("more {noun}"))
    )
}

/// The ids of some examples.
pub(crate) fn examples(examples: &[Example], all: u64, most: usize) -> String {
    let First { rows, left } = ids(examples, all, most);
    let mut text = rows.into_iter().map(name).collect::<Vec<_>>().join(", ");
    if left > 0 && !text.is_empty() {
        text.push_str(", …");
    }
    text
}
