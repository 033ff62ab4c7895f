//! The report as one page for a browser: no script, nothing from elsewhere, and well-formed as XML too.

use super::intervals::figure;
use super::opening::{self, DRAWN, FOUND, Version, found};
use crate::audit::{AuditReport, StratumRow, Weighted};
use crate::replay::Rate;
use crate::replay::render::html::page;
use crate::replay::render::html::table::{escaped, left_out, number, table};
use crate::replay::render::rows::First;
use crate::replay::render::words::{grouped, hundredths};

/// How many rows of a table are shown.
const MOST: usize = 200;

/// What words mean, for people who read a report for the first time.
const GLOSSARY: &str = "<section><h2>How to read this</h2><dl>\
<dt>Sample</dt><dd>Decisions that were drawn by chance for people to look at. What was drawn follows from the root of the \
ledger’s tree when the month ended: nobody can choose it, and anybody can draw it again \
(<code>countersign audit verify</code>).</dd>\
<dt>Stratum</dt><dd>Decisions that are alike in what the sample was drawn by. Of each, the same share was drawn, at least one.</dd>\
<dt>Error rate</dt><dd>Wrong ones, of those that were found to be right or wrong. Where nobody can tell, a decision counts as \
unclear, and for no rate.</dd>\
<dt>95 % interval</dt><dd>If the decisions looked at are like the others, the true rate lies in this interval 95 times in 100 \
(Wilson’s score interval). Few findings make it wide.</dd>\
<dt>Estimate for all decisions</dt><dd>Each stratum’s rate counts as much as the stratum has decisions. The interval puts the \
strata’s intervals together (MOVER, Zou and Donner 2008).</dd>\
<dt>Sets and modules</dt><dd>Findings as they are, without weights. A decision counts for each module that was called for it: \
a high rate shows where to look, and not who is to blame.</dd></dl></section>\n";

/// The report as one page of HTML.
#[must_use]
pub fn html(report: &AuditReport) -> String {
    let body = [
        head(report),
        "<main>\n".to_owned(),
        cards(report),
        strata(report),
        versions("By module", "module", opening::modules(report)),
        versions("By set", "set", opening::sets(report)),
        GLOSSARY.to_owned(),
        "</main>\n".to_owned(),
    ];
    page(&escaped(&opening::title(report)), &body.concat())
}

fn head(report: &AuditReport) -> String {
    let notice = |notice: &String| format!("<p class=\"notice\" role=\"note\">{}</p>\n", escaped(notice));
    let notices: String = opening::notices(report).iter().map(notice).collect();
    let facts =
        opening::facts(report).map(|(name, fact)| format!("<dt>{name}</dt><dd>{}</dd>", escaped(&fact))).concat();
    format!(
        "<header>\n<h1>{}</h1>\n{notices}<p class=\"summary\">{}</p>\n<dl class=\"facts\">{facts}</dl>\n</header>\n",
        escaped(&opening::title(report)),
        escaped(&opening::summary(report))
    )
}

/// The figures that one looks for first.
fn cards(report: &AuditReport) -> String {
    let card = |name: &str, value: String, about: String| {
        format!(
            "<div class=\"card\"><h3>{name}</h3><p class=\"value\">{}</p><p>{}</p></div>\n",
            escaped(&value),
            escaped(&about)
        )
    };
    let (estimate, about) = match report.estimate {
        Some(Weighted { value, low, high, .. }) => {
            (format!("{} %", hundredths(value)), format!("95 % interval {}–{} %", hundredths(low), hundredths(high)))
        }
        None => ("unknown".to_owned(), "nothing was found yet".to_owned()),
    };
    let findings = &report.findings;
    let cards = [
        card("Wrong, of all decisions", estimate, about),
        card("Audited", format!("{} of {}", grouped(findings.all()), grouped(report.drawn)), "of those drawn".into()),
        card("Found right", grouped(findings.right), "as they stood".to_owned()),
        card("Found wrong", grouped(findings.wrong), "though decided so".to_owned()),
        card("Unclear", grouped(findings.unclear), "nobody can tell".to_owned()),
    ];
    format!("<section><h2>At a glance</h2>\n<div class=\"cards\">\n{}</div></section>\n", cards.concat())
}

fn strata(report: &AuditReport) -> String {
    let rates: Vec<(String, Rate)> =
        report.strata.iter().map(|row| (opening::stratum(row), row.findings.error())).collect();
    let First { rows, left } = First::of(report.strata.iter().collect(), MOST);
    let row = |row: &StratumRow| {
        let name = format!("<code>{}</code>", escaped(&opening::stratum(row)));
        let counts = [grouped(row.drawn), grouped(row.population)];
        [name].into_iter().chain(cells(row.findings)).chain(counts).collect()
    };
    let name = escaped(&opening::stratum_head(report));
    let head = [&[name.as_str()][..], &FOUND, &DRAWN].concat();
    let rows: Vec<Vec<String>> = rows.into_iter().map(row).collect();
    format!(
        "<section><h2>By stratum</h2>\n{}{}{}</section>\n",
        figure("Error rate by stratum, the largest first", &rates),
        table("Findings by stratum, the largest first", &head, 1, rows),
        // The plural of a stratum is none of a noun's.
        left_out(left, "row")
    )
}

fn versions(title: &str, name: &str, lines: Vec<Version>) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let rates: Vec<(String, Rate)> =
        lines.iter().map(|line| (format!("{} ({})", line.name, line.digest), line.findings.error())).collect();
    let First { rows, left } = First::of(lines, MOST);
    let row = |Version { name, digest, findings }: Version| {
        let name = format!("<code>{}</code><small>{}</small>", escaped(&name), escaped(&digest));
        [name].into_iter().chain(cells(findings)).collect()
    };
    let head = [&[name][..], &FOUND].concat();
    let rows: Vec<Vec<String>> = rows.into_iter().map(row).collect();
    format!(
        "<section><h2>{title}</h2>\n{}{}{}</section>\n",
        figure(&format!("Error rate by {name}"), &rates),
        table(&format!("Findings by {name}, those with the most first"), &head, 1, rows),
        left_out(left, "row")
    )
}

/// The cells of what was found; those of numbers have their own markup.
fn cells(findings: crate::audit::Tally) -> [String; 5] {
    let [rate, interval, right, wrong, unclear] = found(findings, number);
    let wrong = if findings.wrong > 0 { format!("<b class=\"bad\">{wrong}</b>") } else { wrong };
    [escaped(&rate), escaped(&interval), right, wrong, unclear]
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn parsed(page: &str) -> roxmltree::Document<'_> {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        roxmltree::Document::parse_with_options(page, options).unwrap()
    }

    fn number_of(page: &str, tag: &str) -> usize {
        parsed(page).descendants().filter(|node| node.has_tag_name(tag)).count()
    }

    #[test]
    fn a_page_has_plots_and_tables_and_nothing_from_elsewhere() {
        let page = html(&sample::report());
        assert_eq!((number_of(&page, "svg"), number_of(&page, "table")), (3, 3));
        for node in parsed(&page).descendants().filter(roxmltree::Node::is_element) {
            let name = node.tag_name().name();
            assert!(!["script", "link", "img", "a", "iframe", "form", "base", "object"].contains(&name), "{name}");
            for attribute in node.attributes() {
                let name = attribute.name();
                assert!(!name.starts_with("on") && !["href", "src"].contains(&name), "{name}");
            }
            let has = |name: &str| node.children().any(|child| child.has_tag_name(name));
            match name {
                "svg" => assert!(node.attribute("role") == Some("img") && has("title") && has("desc")),
                "table" => assert!(has("caption")),
                "th" => assert!(node.attribute("scope").is_some()),
                _ => {}
            }
        }
        assert!(!page.contains("url(") && !page.contains("@import") && !page.contains("http:"));
        assert!(page.contains("default-src 'none'") && page.contains("prefers-color-scheme: dark"));
    }

    #[test]
    fn without_findings_it_says_so() {
        let page = html(&sample::untouched());
        assert!(page.contains("nothing can be said") && page.contains("Not finished"), "{page}");
        assert_eq!(number_of(&page, "svg"), 0);
    }

    #[test]
    fn hostile_names_stay_text() {
        let page = html(&sample::hostile());
        for tag in ["script", "img", "a"] {
            assert_eq!(number_of(&page, tag), 0, "{tag}");
        }
    }
}
