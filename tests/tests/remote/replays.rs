//! Replays that a service does.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use countersign_tests::{Program, corpus};
use serde_json::Value;

use super::{EVALUATE, Served};

/// A deployment that decided so many suggestions, and has a looser set beside the one that decides.
fn with_looser(number: usize) -> Program {
    let program = Program::with_fresh_home();
    let run = program.run(&EVALUATE, corpus::first(number));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let set = fs::read_to_string(program.home().join("sets/crm-default.toml")).unwrap();
    let looser = set.replace("module = \"confidence@1\"", "module = \"confidence@1\"\nsettings = { threshold = 0.5 }");
    assert_ne!(set, looser);
    fs::write(program.home().join("sets/looser.toml"), looser).unwrap();
    program
}

#[test]
fn what_is_on_record_is_replayed_in_the_same_words() {
    let (served, _) = Served::and_twin(with_looser(200));
    let auditor = &served.auditor;
    let budget = served.program.write("budget.toml", "[[limit]]\nfigure = \"loosened\"\nmax = 0\n");
    for more in [
        &["--candidate", "looser"][..],
        &["--candidate", "looser", "--format", "json"],
        &["--candidate", "looser", "--where", "outcome=review, field=city,field=street", "--recheck", "12.5%"],
        &["--candidate", "looser", "--where", "segment=nsw", "--format", "json"],
        &["--candidate", "crm-default", "--baseline", "looser", "--full", "--from", "2020-01-01", "--to", "2999-01-01"],
    ] {
        let run = served.all(auditor, &[&["replay"], more].concat(), "");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    for format in ["text", "json"] {
        let over = ["replay", "--candidate", "looser", "--budget", &budget, "--format", format];
        assert_eq!(served.all(auditor, &over, "").code, Some(1));
    }
    let reports = ["json", "md", "html", "xml", "txt"]
        .map(|ending| served.program.folder().join(format!("report.{ending}")).to_str().unwrap().to_owned());
    let options = reports.iter().flat_map(|report| ["--report", report]);
    let command: Vec<&str> = ["replay", "--candidate", "looser"].into_iter().chain(options).collect();
    let read = || reports.iter().map(|report| fs::read(report).unwrap()).collect::<Vec<_>>();
    assert_eq!(served.through(auditor, &command, "").code, Some(0));
    let theirs = read();
    assert_eq!(served.program.run(&command, "").code, Some(0));
    assert!(theirs == read(), "all forms are the same");

    for (more, said) in [
        (&["--candidate", "looser", "--where", "field=none"][..], "nothing of the history is selected"),
        (&["--candidate", "none"], "none"),
        (&["--candidate", "looser", "--baseline", "none"], "none"),
    ] {
        let run = served.both(auditor, &[&["replay"], more].concat(), "");
        assert!(run.code == Some(3) && run.message().contains(said), "{run:#?}");
        assert!(run.message().contains(&served.service.address), "{run:#?}");
    }
    // Mistakes in what is said about the report show before it is begun.
    let wrong = served.all(auditor, &["replay", "--candidate", "looser", "--report", "report.doc"], "");
    assert_eq!(wrong.code, Some(3));
    let refused = served.through(&served.assistant, &["replay", "--candidate", "looser"], "");
    assert!(refused.code == Some(3) && refused.message().contains("permission replay"), "{refused:#?}");
}

#[test]
fn whoever_interrupts_stops_the_replay_and_gets_its_report() {
    let (served, _) = Served::and_twin(with_looser(4_000));
    let token = served.program.write("the-token", &served.auditor);
    let out = served.program.folder().join("report.json");
    let command = [
        "replay",
        "--candidate",
        "looser",
        "--full",
        "--report",
        out.to_str().unwrap(),
        "--server",
        &served.service.address,
        "--token-file",
        &token,
    ];
    let mut child = served.program.command(&command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let replays = || served.service.get("/v1/replays", &served.auditor).json()["replays"].clone();
    while replays()[0].is_null() {
        thread::sleep(Duration::from_millis(5));
    }
    // The shell's own: not every machine has it as a program.
    let kill = format!("kill -INT {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let report: Value = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(report["extent"]["complete"], false);
    assert_eq!(replays()[0]["state"], "stopped");
}
