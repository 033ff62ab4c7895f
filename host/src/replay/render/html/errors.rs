//! What people know to be right or wrong, held against what happens to it.

use super::plot;
use super::table::{escaped, name, table};
use crate::replay::render::opening;
use crate::replay::render::rows::{Compared, First, ids, rates};
use crate::replay::render::words::{fraction, grouped, interval, percent};
use crate::replay::{LISTED, Rate, Report};

/// Suggestions that would now be applied though people know them to be wrong.
pub(super) fn dreaded(report: &Report) -> String {
    let all = &report.counts.all;
    if all.labelled() == 0 {
        return String::new();
    }
    let title = "<section><h2>Would now be applied, though people know them to be wrong";
    let wrong = all.applied_though_wrong().count;
    if wrong == 0 {
        return format!("{title}</h2>\n<p class=\"good\">{}</p></section>\n", escaped(opening::NONE_WRONG));
    }
    let First { rows, left } = ids(&report.counts.applied_though_wrong, wrong, LISTED);
    let items: Vec<_> = rows.into_iter().map(|id| format!("<li>{}</li>", name(id))).collect();
    let more = if left > 0 { format!("<p class=\"more\">and {} more</p>\n", grouped(left)) } else { String::new() };
    format!(
        "{title}: <span class=\"bad\">{}</span></h2>\n\
         <p>The baseline stopped these or asked a person. Look at each before the candidate goes live.</p>\n\
         <ul class=\"ids\">{}</ul>\n{more}</section>\n",
        grouped(wrong),
        items.concat()
    )
}

/// Automation and error rates, in a plot and a table.
pub(super) fn section(report: &Report) -> String {
    let all = &report.counts.all;
    if all.suggestions() == 0 {
        return String::new();
    }
    let title = "<section><h2>Automation against error</h2>\n";
    if all.labelled() == 0 {
        return format!("{title}<p>{}</p></section>\n", escaped(opening::NO_TRUTH));
    }
    let row = |Compared { name, about, before, after }: Compared| {
        let side = |rate| [percent(rate), fraction(rate), interval(rate)].map(|text| escaped(&text));
        let name = format!("{name}<small>{about}</small>");
        [name].into_iter().chain(side(before)).chain(side(after)).collect::<Vec<_>>()
    };
    let known = escaped(&fraction(Rate { count: all.labelled(), of: all.suggestions() }));
    let head = ["rate", "before", "that is", "95 % interval", "after", "that is", "95 % interval"];
    let table = table("Rates before and after, with their 95 % intervals", &head, 1, rates(all).map(row));
    format!(
        "{title}<p>People know the truth of {known} suggestions; error rates are about these.</p>\n{}{table}</section>\n",
        plot::figure(&report.counts)
    )
}
