//! Audits through a service.

use std::collections::BTreeSet;
use std::fs;

use countersign_tests::past::{MONTH, with_past};
use countersign_tests::service::token;
use countersign_tests::{Program, corpus};
use serde_json::Value;

use super::{EVALUATE, Served};

/// After every month in which this test may run.
const LATER: &str = "2999-01-01T00:00:00Z";

#[test]
fn a_sample_is_drawn_and_drawn_again_in_the_same_words() {
    let (served, twin) = Served::and_twin(with_past());
    for command in [&["audit", "verify"][..], &["audit", "next"], &["audit", "report"]] {
        let run = served.with_twin(&twin, &served.auditor, command, &[]);
        assert!(run.code == Some(3) && run.message().contains("no sample was drawn yet"), "{run:#?}");
    }
    let sample = ["audit", "sample", "--month", MONTH, "--outcome", "all"];
    for more in [
        &["--rate", "30%", "--by", "confidence"][..],
        &["--rate", "12.5%", "--by", "set,field,confidence", "--format", "json"],
    ] {
        let run = served.with_twin(&twin, &served.auditor, &[&sample[..], more].concat(), &[]);
        assert_eq!(run.code, Some(0), "{run:#?}");
        let again = served.with_twin(&twin, &served.auditor, &[&sample[..], more].concat(), &[]);
        assert!(again.code == Some(3) && again.message().contains("is this sample of"), "{again:#?}");
    }
    for (month, rate) in [(MONTH, "0%"), ("2001-01", "1%"), ("2999-01", "1%")] {
        let wrong = ["audit", "sample", "--month", month, "--rate", rate];
        // What time it is differs, and stands in one of them.
        let (remote, local) = (served.through(&served.auditor, &wrong, ""), twin.run(&wrong, ""));
        assert_eq!((remote.code, remote.stdout.as_str()), (Some(3), ""), "{remote:#?}");
        assert_eq!((local.code, local.stdout.as_str()), (Some(3), ""), "{local:#?}");
    }
    for format in ["text", "json"] {
        let verified = served.all(&served.auditor, &["audit", "verify", "--format", format], "");
        assert_eq!(verified.code, Some(0), "{verified:#?}");
        assert_eq!(served.both(&served.auditor, &["audit", "verify", "0", "--format", format], "").code, Some(3));
    }
    // That there are two of one month is said, and which.
    let month = served.with_twin(&twin, &served.auditor, &["audit", "report", "--month", MONTH], &[]);
    assert!(month.code == Some(3) && month.message().contains("more than one sample"), "{month:#?}");
    let refused = served.through(&served.assistant, &[&sample[..], &["--rate", "1%"]].concat(), "");
    assert!(refused.code == Some(3) && refused.message().contains("(forbidden)"), "{refused:#?}");
}

/// A deployment with a sample of what it decided just now.
fn sampled() -> Program {
    let program = Program::with_fresh_home();
    // Each about another record: what is erased of one is nothing of another.
    let mut records = BTreeSet::new();
    let another = |line: &String| {
        let suggestion: Value = serde_json::from_str(line).unwrap();
        records.insert(suggestion["target"].to_string())
    };
    let lines: Vec<String> = corpus::suggestions().filter(another).take(40).collect();
    let run = program.run(&EVALUATE, lines.join("\n"));
    assert_eq!(run.code, Some(0), "{run:#?}");
    let shown = program.run(&["ledger", "show", run.lines()[0]["id"].as_str().unwrap(), "--format", "json"], "");
    let month = shown.lines()[0]["decided_at"].as_str().unwrap()[..7].to_owned();
    let sample = ["audit", "sample", "--month", &month, "--rate", "5%", "--outcome", "all", "--now", LATER];
    let run = program.run(&[&sample[..], &["--by", "assistant"]].concat(), "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    program
}

#[test]
fn what_was_drawn_is_looked_at_and_reported_in_the_same_words() {
    let program = sampled();
    let blind = token(&program, "eve", "auditor", &["--only", "audit", "--only", "read-decisions"]);
    let (served, twin) = Served::and_twin(program);
    let auditor = &served.auditor;
    let mut ids = Vec::new();
    for number in 0.. {
        let next = served.all(auditor, &["audit", "next"], "");
        let json = served.all(auditor, &["audit", "next", "--format", "json"], "");
        assert_eq!(next.code, json.code);
        if next.code == Some(1) {
            assert!(next.stdout.contains("were audited"), "{next:#?}");
            break;
        }
        assert!(next.stdout.contains("Record what you found:"), "{next:#?}");
        let id = json.lines()[0]["id"].as_str().unwrap().to_owned();
        // Whoever may see no values is shown the rest.
        let left = served.through(&blind, &["audit", "next"], "");
        assert!(left.code == Some(0) && left.stdout.contains("its values "), "{left:#?}");
        if number == 0 {
            let shown = served.program.run(&["ledger", "show", &id, "--format", "json"], "").lines().swap_remove(0);
            let part = |name: &str| shown["suggestion"]["target"][name].as_str().unwrap();
            let subject = format!("{}/{}/{}", part("system"), part("object"), part("id"));
            for program in [&served.program, &twin] {
                let run = program.run(&["ledger", "erase", "--subject", &subject, "--reason", "request 1"], "");
                assert_eq!(run.code, Some(0), "{run:#?}");
            }
            let erased = served.all(auditor, &["audit", "next"], "");
            assert!(erased.stdout.contains("its values were erased"), "{erased:#?}");
            let wrong = ["audit", "record", &id, "--finding", "wrong"];
            assert_eq!(served.with_twin(&twin, auditor, &wrong, &["--by", "eve"]).code, Some(3));
        }
        let unclear = ["audit", "record", &id, "--finding", "unclear"];
        let recorded = served.with_twin(&twin, auditor, &unclear, &["--by", "eve"]);
        assert!(recorded.code == Some(0) && recorded.stdout.ends_with("said by eve.\n"), "{recorded:#?}");
        let twice = served.with_twin(&twin, auditor, &unclear, &["--by", "eve"]);
        assert!(twice.code == Some(3) && twice.message().contains("(recorded)"), "{twice:#?}");
        ids.push(id);
    }
    assert!(ids.len() > 1, "{ids:?}");
    let again = ["audit", "record", &ids[1], "--finding", "wrong", "--note", "Ann said so.", "--again"];
    let again = served.with_twin(&twin, auditor, &again, &["--by", "eve"]);
    assert!(again.code == Some(0) && again.stdout.contains("was found wrong"), "{again:#?}");
    assert_eq!(served.with_twin(&twin, auditor, &["audit", "record", "no", "--finding", "right"], &[]).code, Some(3));

    for format in ["text", "json"] {
        let report = served.all(auditor, &["audit", "report", "--format", format], "");
        assert_eq!(report.code, Some(0), "{report:#?}");
        assert_eq!(served.both(auditor, &["audit", "next", "--sample", "0", "--format", format], "").code, Some(3));
    }
    for ending in ["json", "md", "html", "txt"] {
        let file = served.program.folder().join(format!("report.{ending}"));
        let report = ["audit", "report", "--report", file.to_str().unwrap()];
        assert_eq!(served.through(auditor, &report, "").code, Some(0));
        let theirs = fs::read(&file).unwrap();
        assert_eq!(served.program.run(&report, "").code, Some(0));
        assert!(theirs == fs::read(&file).unwrap(), "{ending}");
    }
}
