//! The report as one page for a browser: no script, nothing from elsewhere, and well-formed as XML too.

pub(crate) mod axis;
mod budget;
mod changes;
mod dimensions;
mod errors;
mod fuel;
mod plot;
mod rest;
pub(crate) mod table;

use table::escaped;

use super::opening;
use super::words::{count, fraction, grouped, hundredths, percent};
use crate::replay::{Checked, Rate, Report, Side};

/// How reports look, and what pages of the service begin with.
pub(crate) const STYLE: &str = include_str!("html/page.css");

/// What words mean, for people who read a report for the first time.
const GLOSSARY: &str = "<section><h2>How to read this</h2><dl>\
<dt>Outcomes</dt><dd>From the least to the most strict: <b>apply</b> (done without a person, and logged), \
<b>review</b> (waits for one click), <b>human-only</b> (people see it, but no click applies it), <b>reject</b> (ended).</dd>\
<dt>Before, after</dt><dd>What the baseline decided, and what the candidate decides, about the same suggestion.</dd>\
<dt>Loosened, tightened</dt><dd>The outcome became less strict, or more strict.</dd>\
<dt>Automation rate</dt><dd>Suggestions that are applied without a person, of all.</dd>\
<dt>False-apply rate</dt><dd>Suggestions that people know to be wrong, of those that are applied and whose truth is known.</dd>\
<dt>95 % interval</dt><dd>If these suggestions are like those to come, the true rate lies in this interval 95 times in 100 \
(Wilson’s score interval). Few suggestions make it wide.</dd>\
<dt>Fuel</dt><dd>How much a module computes for one suggestion, counted in instructions: the same on every machine.</dd>\
</dl></section>\n";

/// The report as one page of HTML.
#[must_use]
pub fn html(report: &Report, checked: &[Checked]) -> String {
    let candidate = escaped(&opening::set(&report.run.candidate));
    let body = [
        head(report),
        "<main>\n".to_owned(),
        budget::section(checked),
        cards(report),
        changes::outcomes(report),
        changes::causes(report),
        errors::dreaded(report),
        errors::section(report),
        dimensions::section(report),
        rest::faults(report),
        fuel::section(report),
        rest::work(report),
        rest::not_replayable(report),
        GLOSSARY.to_owned(),
        "</main>\n".to_owned(),
    ]
    .concat();
    page(&format!("Replay of {candidate}"), &body)
}

/// A whole page with the look of reports; the title and the body must be escaped already.
#[must_use]
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn head(report: &Report) -> String {
    let facts = [
        ("Candidate", opening::set(&report.run.candidate)),
        ("Compared with", opening::baseline(report)),
        ("History", opening::history(report)),
        ("Suggestions", opening::suggestions(report)),
        ("Judged with", opening::circumstances(report)),
    ];
    let facts = facts.map(|(name, fact)| format!("<dt>{name}</dt><dd>{}</dd>", escaped(&fact))).concat();
    let notices = opening::notices(report);
    let notices: Vec<_> =
        notices.iter().map(|notice| format!("<p class=\"notice\" role=\"note\">{}</p>\n", escaped(notice))).collect();
    let name = escaped(&super::words::short(&report.run.candidate.name));
    let version = escaped(&super::words::short(&report.run.candidate.version));
    let summary = escaped(&opening::summary(report));
    format!(
        "<header>\n<h1>Replay of {name}@{version}</h1>\n{}<p class=\"summary\">{summary}</p>\n\
         <dl class=\"facts\">{facts}</dl>\n</header>\n",
        notices.concat()
    )
}

/// The figures that one looks for first.
fn cards(report: &Report) -> String {
    let all = &report.counts.all;
    let card = |kind: &str, name: &str, value: String, about: String| {
        format!(
            "<div class=\"card {kind}\"><h3>{name}</h3><p class=\"value\">{}</p><p>{}</p></div>\n",
            escaped(&value),
            escaped(&about)
        )
    };
    let of_all = |rate: Rate| format!("{} of all", percent(rate));
    let moved = |rate: &dyn Fn(Side) -> Rate| {
        let bare = |side| rate(side).value().map_or_else(|| "–".to_owned(), hundredths);
        let (before, after) = (bare(Side::Before), bare(Side::After));
        if before == after && before == "–" { before } else { format!("{before} → {after} %") }
    };
    let unreplayed = opening::unreplayed(&report.counts);
    let mut cards = vec![
        card("", "Suggestions", grouped(all.suggestions()), format!("and {} not replayable", grouped(unreplayed))),
        card("", "Changed", grouped(all.changed().count), of_all(all.changed())),
        card("loose", "Loosened", grouped(all.loosened().count), of_all(all.loosened())),
        card("tight", "Tightened", grouped(all.tightened().count), of_all(all.tightened())),
        card("", "Automation", moved(&|side| all.automation(side)), "applied without a person".to_owned()),
    ];
    if all.labelled() > 0 {
        let (before, after) = (all.false_applies(Side::Before), all.false_applies(Side::After));
        let about = format!("wrong ones among those applied: {}, then {}", fraction(before), fraction(after));
        cards.push(card("", "False applies", moved(&|side| all.false_applies(side)), about));
    } else {
        let known = format!("{} with a known truth", count(0, "suggestion"));
        cards.push(card("", "False applies", "unknown".to_owned(), known));
    }
    format!("<section><h2>At a glance</h2>\n<div class=\"cards\">\n{}</div></section>\n", cards.concat())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// The page as an XML parser reads it: balanced, and with no character that is not allowed.
    fn parsed(page: &str) -> roxmltree::Document<'_> {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        roxmltree::Document::parse_with_options(page, options).unwrap()
    }

    fn texts(page: &str, tag: &str) -> Vec<String> {
        let document = parsed(page);
        let nodes = document.descendants().filter(|node| node.has_tag_name(tag));
        nodes.map(|node| node.descendants().filter_map(|text| text.is_text().then(|| text.text())?).collect()).collect()
    }

    #[test]
    fn a_typical_page_says_everything() {
        let (report, checked) = (sample::report(), sample::checked());
        let page = html(&report, &checked);
        assert_eq!(page, html(&report, &checked));
        assert_eq!(texts(&page, "h1"), ["Replay of contacts-eu@1.5.0-rc.1"]);
        let heads = texts(&page, "h2");
        assert_eq!(heads[0], "Budget exceeded (2 of 4 limits)");
        for head in
            ["At a glance", "Outcomes before and after", "Why outcomes changed", "Automation against error", "Faults"]
        {
            assert!(heads.iter().any(|have| have == head), "{head} in {heads:?}");
        }
        assert!(heads.iter().any(|head| head.ends_with("know them to be wrong: 16")));
        assert_eq!(texts(&page, "svg").len(), 4, "the plot, and fuel of three modules");
        assert_eq!(texts(&page, "caption").len(), 12);
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_nothing_runs() {
        let page = html(&sample::report(), &sample::checked());
        for (number, node) in parsed(&page).descendants().filter(roxmltree::Node::is_element).enumerate() {
            let name = node.tag_name().name();
            assert!(
                !["script", "link", "img", "a", "iframe", "form", "base", "object"].contains(&name),
                "{number} {name}"
            );
            for attribute in node.attributes() {
                let name = attribute.name();
                assert!(!name.starts_with("on") && !["href", "src"].contains(&name), "{name}");
            }
        }
        assert!(!page.contains("url(") && !page.contains("@import") && !page.contains("http:"));
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    }

    #[test]
    fn every_picture_has_words_and_every_table_a_caption_and_heads() {
        let page = html(&sample::report(), &sample::checked());
        for node in parsed(&page).descendants().filter(roxmltree::Node::is_element) {
            let has = |name: &str| node.children().any(|child| child.has_tag_name(name));
            match node.tag_name().name() {
                "svg" => assert!(node.attribute("role") == Some("img") && has("title") && has("desc")),
                "table" => assert!(has("caption")),
                "th" => assert!(node.attribute("scope").is_some()),
                _ => {}
            }
        }
    }

    #[test]
    fn without_truth_or_suggestions_it_says_so() {
        let page = html(&sample::no_truth(), &[]);
        assert!(page.contains("--labels FILE") && !page.contains("class=\"plot\""));
        assert!(texts(&page, "h2").contains(&"No budget was given".to_owned()));
        let page = html(&sample::empty(), &[]);
        assert!(page.contains("No suggestion was replayed"), "{page}");
        parsed(&page);
    }

    #[test]
    fn hostile_names_stay_text() {
        let (report, checked) = sample::hostile();
        let page = html(&report, &checked);
        let document = parsed(&page);
        for tag in ["script", "img", "a"] {
            assert!(!document.descendants().any(|node| node.has_tag_name(tag)), "{tag}");
        }
        assert!(page.len() < 1_000_000, "{}", page.len());
        assert!(page.contains("more groups not shown here"));
        assert_eq!(texts(&page, "p").iter().filter(|text| text.contains("interrupted")).count(), 1);
    }
}
