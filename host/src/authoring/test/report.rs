//! Test results in the form that CI systems read.

use std::fmt::Write as _;

use super::run::Summary;

/// The results as an XML document of `JUnit`.
#[must_use]
pub fn junit(module: &str, summary: &Summary) -> String {
    let seconds: f64 = summary.tested.iter().map(|tested| tested.took.as_secs_f64()).sum();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let module = escaped(module);
    // Writing to a text does not fail.
    let _ = writeln!(
        xml,
        "<testsuites><testsuite name=\"{module}\" tests=\"{}\" failures=\"{}\" time=\"{seconds:.6}\">",
        summary.tested.len(),
        summary.failed()
    );
    for tested in &summary.tested {
        let (name, time) = (escaped(&tested.name), tested.took.as_secs_f64());
        let _ = write!(xml, "  <testcase classname=\"{module}\" name=\"{name}\" time=\"{time:.6}\"");
        if tested.differences.is_empty() {
            xml.push_str("/>\n");
            continue;
        }
        xml.push_str(">\n");
        for difference in &tested.differences {
            let said = format!("{}: expected {}, got {}", difference.what, difference.expected, difference.got);
            let _ = writeln!(xml, "    <failure message=\"{}\"/>", escaped(&said));
        }
        xml.push_str("  </testcase>\n");
    }
    xml.push_str("</testsuite></testsuites>\n");
    xml
}

/// A text as the value of an attribute; characters that XML has no form for are dropped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => {}
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Answered, Difference, Said, Tested};
    use super::*;

    #[test]
    fn failures_are_named_and_texts_are_escaped() {
        let tested = |name: &str, differences| Tested {
            name: name.to_owned(),
            about: String::new(),
            answered: Answered { said: Said::NotCalled, fuel: 0, log: None },
            differences,
            took: Duration::from_millis(2),
        };
        let difference = Difference { what: "outcome".into(), expected: "\"apply\"".into(), got: "<&\u{1}\n>".into() };
        let summary =
            Summary { tested: vec![tested("a", vec![]), tested("b", vec![difference])], ..Summary::default() };
        assert_eq!(
            junit("m", &summary),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites><testsuite name=\"m\" tests=\"2\" failures=\"1\" time=\"0.004000\">\n\
             \x20 <testcase classname=\"m\" name=\"a\" time=\"0.002000\"/>\n\
             \x20 <testcase classname=\"m\" name=\"b\" time=\"0.002000\">\n\
             \x20   <failure message=\"outcome: expected &quot;apply&quot;, got &lt;&amp;&#10;&gt;\"/>\n\
             \x20 </testcase>\n</testsuite></testsuites>\n"
        );
    }
}
