//! The report for CI systems.

use std::fmt::Write as _;

use super::opening;
use super::words::visible;
use crate::replay::{Checked, Report};

/// The report as an XML document of `JUnit`: one test case for the replay itself, and one for each limit.
#[must_use]
pub fn junit(report: &Report, checked: &[Checked]) -> String {
    // A shard may be all that there is to see; an interruption and a record that does not hold are failures.
    let doubts: Vec<String> = opening::notices(report);
    let doubtful = !report.extent.complete || report.counts.differing.count > 0;
    let mut cases = vec![("replay".to_owned(), doubtful.then(|| doubts.join(" ")))];
    cases.extend(checked.iter().map(|one| {
        let name = format!("{}: {}", visible(&one.figure), visible(&one.limit));
        let failure = one.exceeded.then(|| format!("{name}, found {}", visible(&one.found)));
        (name, failure)
    }));
    let failures = cases.iter().filter(|(_, failure)| failure.is_some()).count();
    let suite = escaped(&format!("replay of {}", opening::set(&report.run.candidate)));
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a text does not fail.
    let _ = writeln!(xml, "<testsuites><testsuite name=\"{suite}\" tests=\"{}\" failures=\"{failures}\">", cases.len());
    for (name, failure) in &cases {
        let _ = write!(xml, "  <testcase classname=\"countersign.replay\" name=\"{}\"", escaped(name));
        let _ = match failure {
            None => writeln!(xml, "/>"),
            Some(said) => writeln!(xml, ">\n    <failure message=\"{}\"/>\n  </testcase>", escaped(said)),
        };
    }
    let _ = writeln!(xml, "  <system-out>{}</system-out>", escaped(&opening::summary(report)));
    xml.push_str("</testsuite></testsuites>\n");
    xml
}

/// A text as the value of an attribute. In visible text, there is no character that XML has no form for.
fn escaped(visible: &str) -> String {
    visible.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// The names and messages of the test cases, as an XML parser reads them.
    fn cases(xml: &str) -> Vec<(String, Option<String>)> {
        let document = roxmltree::Document::parse(xml).unwrap();
        let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
        cases
            .map(|case| {
                let failure =
                    case.first_element_child().map(|failure| failure.attribute("message").unwrap().to_owned());
                (case.attribute("name").unwrap().to_owned(), failure)
            })
            .collect()
    }

    #[test]
    fn each_limit_is_a_case() {
        let xml = junit(&sample::report(), &sample::checked());
        let cases = cases(&xml);
        assert!(xml.contains("tests=\"5\" failures=\"2\""), "{xml}");
        assert_eq!(cases[0], ("replay".to_owned(), None));
        assert_eq!(cases[1], ("automation-rate: at least 0.5".to_owned(), None));
        assert_eq!(cases[4].1.as_deref(), Some("applied-though-wrong: at most 0, found 16"));
    }

    #[test]
    fn an_incomplete_replay_fails_and_so_does_a_record_that_does_not_hold() {
        let mut report = sample::empty();
        assert_eq!(cases(&junit(&report, &[])), [("replay".to_owned(), None)]);
        report.extent.of = 2;
        assert_eq!(cases(&junit(&report, &[])), [("replay".to_owned(), None)], "a shard is no failure");
        report.extent.complete = false;
        assert!(cases(&junit(&report, &[]))[0].1.as_ref().unwrap().contains("interrupted"));
        let mut report = sample::empty();
        report.counts.differing.count(1, "s");
        assert!(cases(&junit(&report, &[]))[0].1.as_ref().unwrap().contains("record does not hold"));
    }

    #[test]
    fn hostile_names_stay_names() {
        let (report, checked) = sample::hostile();
        let cases = cases(&junit(&report, &checked));
        assert_eq!(cases.len(), 301);
        assert_eq!(cases[1].0, "changed of field <script>alert(1)</script>: at most 0");
        assert_eq!(cases[4].0, "changed of field line\\n\\n# heading: at most 0");
        assert!(cases[6].1.as_ref().unwrap().contains("nul\\0esc\\u{1b}[31m\\u{202e}"));
    }
}
