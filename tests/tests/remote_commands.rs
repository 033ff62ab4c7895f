//! Every command asks the service that is named, or says that it does not: none opens a folder instead.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

use countersign_tests::{Program, Run, corpus};

/// What a command does when a service is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    /// It asks it.
    Ask,
    /// It works on a folder, and says so.
    Refuse,
    /// It needs neither, and says so; what the environment names it passes over.
    PassOver,
}

use Does::{Ask, PassOver, Refuse};

/// Every command, called so that nothing else is wrong.
const COMMANDS: &[(&[&str], &[&str], Does)] = &[
    (&["demo"], &[], PassOver),
    (&["init"], &[], Refuse),
    (&["evaluate"], &["-"], Ask),
    (&["serve"], &["--listen", "127.0.0.1:0"], Refuse),
    (&["mcp"], &["--token", "x"], Refuse),
    (&["token", "create"], &["x", "--role", "assistant"], Ask),
    (&["token", "list"], &[], Ask),
    (&["token", "revoke"], &["2", "--reason", "x"], Ask),
    (&["webhook", "secret"], &["x"], PassOver),
    (&["webhook", "list"], &[], Refuse),
    (&["reproduce"], &["s-1"], Ask),
    (&["replay"], &["--candidate", "crm-default"], Ask),
    (&["replay", "merge"], &["x.json"], PassOver),
    (&["audit", "sample"], &["--month", "2020-01", "--rate", "1%"], Ask),
    (&["audit", "verify"], &[], Ask),
    (&["audit", "next"], &[], Ask),
    (&["audit", "record"], &["s-1", "--finding", "right"], Ask),
    (&["audit", "report"], &[], Ask),
    (&["report", "thresholds"], &["--target", "1%"], Refuse),
    (&["truth", "import"], &["x.jsonl"], Refuse),
    (&["policy", "new"], &["x", "--lang", "rust"], PassOver),
    (&["policy", "build"], &["x"], PassOver),
    (&["policy", "test"], &["x"], PassOver),
    (&["policy", "bench"], &["x"], PassOver),
    (&["policy", "publish"], &[concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], Ask),
    (&["policy", "push"], &["confidence@1.0.0", "registry.example.com/x:1"], Refuse),
    (&["policy", "pull"], &["registry.example.com/x:1"], Refuse),
    (&["policy", "save"], &["confidence@1.0.0", "--out", "x.tar"], Refuse),
    (&["policy", "load"], &["x.tar"], Refuse),
    (&["policy", "list"], &[], Ask),
    (&["policy", "show"], &["confidence@1"], Ask),
    (&["policy", "yank"], &["confidence@1.0.0", "--reason", "x"], Ask),
    (&["policy", "inspect"], &["confidence@1"], PassOver),
    (&["policy", "check"], &["confidence@1"], PassOver),
    (&["set", "status"], &[], Ask),
    (&["set", "show"], &[], Refuse),
    (&["set", "lock"], &["crm-default"], Refuse),
    (&["set", "diff"], &["active", "crm-default"], Refuse),
    (&["set", "test"], &["active"], Refuse),
    (&["set", "propose"], &["crm-default", "--reason", "x"], Ask),
    (&["set", "approve"], &["7", "--reason", "x"], Ask),
    (&["set", "activate"], &["7", "--reason", "x"], Ask),
    (&["set", "shadow"], &[], Ask),
    (&["set", "canary"], &[], Ask),
    (&["set", "promote"], &["--reason", "x"], Ask),
    (&["set", "rollback"], &["--reason", "x"], Ask),
    (&["set", "freeze"], &["--reason", "x"], Ask),
    (&["set", "thaw"], &["--reason", "x"], Ask),
    (&["policy", "sign"], &["x.wasm", "--key", "x"], PassOver),
    (&["policy", "verify"], &["x.wasm", "--key", "x"], PassOver),
    (&["key", "new"], &["x"], PassOver),
    (&["ledger", "show"], &["s-1"], Ask),
    (&["ledger", "verify"], &[], Refuse),
    (&["ledger", "key"], &[], Ask),
    (&["ledger", "checkpoint"], &[], Ask),
    (&["ledger", "prove"], &["s-1", "--out", "x"], Ask),
    (&["ledger", "publish"], &["x"], Refuse),
    (&["ledger", "erase"], &["--subject", "a/b/c", "--reason", "x"], Ask),
    (&["ledger", "expire"], &[], Ask),
    (&["ledger", "hold"], &["--all", "--reason", "x"], Ask),
    (&["ledger", "release"], &["1", "--reason", "x"], Ask),
    (&["ledger", "holds"], &[], Ask),
    (&["ledger", "rebuild"], &[], Refuse),
    (&["ledger", "export"], &["--as", "jsonl"], Refuse),
    (&["ledger", "backup"], &["x"], Refuse),
    (&["ledger", "restore"], &["x"], Refuse),
    (&["schema"], &["suggestion"], PassOver),
    (&["doctor"], &[], Ask),
];

/// A deployment, and an address where nobody listens.
fn deployed() -> (Program, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    (Program::with_fresh_home(), format!("http://{}", listener.local_addr().unwrap()))
}

/// Everything in a folder, by name.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(contents(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// The commands that a command's help lists.
fn listed(program: &Program, command: &[&str]) -> Vec<String> {
    let help = program.run(&[command, &["--help"]].concat(), "").stdout;
    let listed = help.split_once("\nCommands:\n").map_or("", |(_, rest)| rest.split("\n\n").next().unwrap());
    let names = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_asks_the_service_that_is_named_or_says_that_it_does_not() {
    let (program, address) = deployed();
    // Whatever is listed is in the table, or a group of what is.
    for group in listed(&program, &[]) {
        let below = listed(&program, &[&group]);
        let all = below.iter().map(|name| vec![group.as_str(), name]).chain([vec![group.as_str()]]);
        for command in all.filter(|command| command.len() == 2 || below.is_empty() || command == &["replay"]) {
            assert!(COMMANDS.iter().any(|(known, ..)| *known == command), "{command:?} has no test");
        }
    }
    let before = contents(&program.home());
    let token = program.write("the-token", "cs_abc");
    let server = ["--server", &address, "--token-file", &token];
    for (command, arguments, does) in COMMANDS {
        let run = program.run(&[command, *arguments, &server].concat(), corpus::first(1));
        let name = format!("`{}`", command.join(" "));
        match does {
            Ask => {
                assert!(matches!(run.code, Some(1 | 3)), "{run:#?}");
                assert!((run.message() + &run.stdout).contains(&format!("{address}: no answer")), "{run:#?}");
            }
            Refuse => {
                refused(&run, &[&name, "works on a deployment's folder", "--server", "leave out --server"]);
            }
            PassOver => refused(&run, &[&name, "needs neither", "leave out --server"]),
        }
    }
    assert!(contents(&program.home()) == before, "nothing of the folder was touched");
}

/// It ended as wrong usage, with these words and nothing else.
fn refused(run: &Run, words: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:#?}");
    for word in words {
        assert!(run.message().contains(word), "{word}: {run:#?}");
    }
}

/// Runs with the environment naming a service.
fn with_environment(program: &Program, arguments: &[&str], set: &[(&str, &str)]) -> Run {
    let ran = program.command(arguments).envs(set.iter().copied()).output().unwrap();
    Run {
        code: ran.status.code(),
        stdout: String::from_utf8(ran.stdout).unwrap(),
        stderr: String::from_utf8(ran.stderr).unwrap(),
        peak_memory: 0,
    }
}

#[test]
fn a_service_that_the_environment_names_is_asked_by_those_who_ask_one() {
    let (program, address) = deployed();
    let set = [("COUNTERSIGN_SERVER", address.as_str()), ("COUNTERSIGN_TOKEN", "cs_abc")];
    let asked = with_environment(&program, &["ledger", "show", "s-1"], &set);
    assert!(asked.code == Some(3) && asked.message().contains(&format!("{address}: no answer")), "{asked:#?}");
    let folder = with_environment(&program, &["ledger", "verify"], &set);
    refused(&folder, &["`ledger verify` works on a deployment's folder", "unset COUNTERSIGN_SERVER"]);
    // Those who need none go on, also where they call this program again to compile.
    for command in [&["schema", "suggestion"][..], &["policy", "inspect", "confidence@1"]] {
        let run = with_environment(&program, command, &set);
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    // An empty name is none.
    let local = with_environment(&program, &["ledger", "holds"], &[("COUNTERSIGN_SERVER", "")]);
    assert_eq!(local.code, Some(0), "{local:#?}");
}

#[test]
fn what_is_said_beside_a_service_must_fit_it() {
    let (program, address) = deployed();
    let token = program.write("the-token", "cs_abc");
    let through = |arguments: &[&str]| {
        program.run(&[arguments, &["--server", &address, "--token-file", &token]].concat(), corpus::first(1))
    };
    for (arguments, option) in [
        (&["evaluate", "-", "--now", corpus::NOW][..], "--now"),
        (&["evaluate", "-", "--dry-run", "--set", "other"], "--set"),
        (&["evaluate", "-", "--jobs", "2"], "--jobs"),
        (&["reproduce", "--all"], "--all"),
        (&["reproduce", "--sample", "3"], "--sample"),
        (&["ledger", "checkpoint", "--key", "x"], "--key"),
        (&["ledger", "prove", "s-1", "--out", "x", "--key", "x"], "--key"),
        (&["ledger", "key", "--make"], "--make"),
        (&["token", "create", "x", "--role", "admin", "--by", "me"], "--by"),
        (&["token", "create", "x", "--role", "admin", "--expires", "never"], "--expires never"),
        (&["token", "revoke", "2", "--reason", "x", "--by", "me"], "--by"),
        (&["policy", "publish", "x.wasm", "--by", "me"], "--by"),
        (&["policy", "yank", "confidence@1.0.0", "--reason", "x", "--by", "me"], "--by"),
        (&["ledger", "erase", "--subject", "a/b/c", "--reason", "x", "--by", "me"], "--by"),
        (&["ledger", "expire", "--dry-run", "--now", corpus::NOW], "--now"),
        (&["ledger", "expire", "--by", "me"], "--by"),
        (&["ledger", "hold", "--all", "--reason", "x", "--by", "me"], "--by"),
        (&["ledger", "release", "1", "--reason", "x", "--by", "me"], "--by"),
        (&["audit", "sample", "--month", "2020-01", "--rate", "1%", "--now", corpus::NOW], "--now"),
        (&["audit", "record", "s-1", "--finding", "right", "--by", "me"], "--by"),
        (&["replay", "--candidate", "x.toml"], "--candidate FILE"),
        (&["replay", "--candidate", "x", "--baseline", "y.toml"], "--baseline FILE"),
        (&["replay", "--candidate", "x", "--baseline", "y", "--input", "x.jsonl"], "--input"),
        (&["replay", "--candidate", "x", "--catalogue", "c.toml"], "--catalogue"),
        (&["replay", "--candidate", "x", "--jobs", "2"], "--jobs"),
        (&["replay", "--candidate", "x", "--shard", "1/2"], "--shard"),
    ] {
        refused(&through(arguments), &[&format!("{option} does not work through a service")]);
    }
    // A token is no argument: arguments are seen by all on a machine.
    let argument = program.run(&["token", "list", "--server", &address, "--token", "cs_abc"], "");
    refused(&argument, &["--token"]);
    let none = program.run(&["token", "list", "--server", &address], "");
    refused(&none, &["COUNTERSIGN_TOKEN", "--token-file"]);
    for (bad, text) in [("empty", ""), ("two", "cs_abc\ncs_def"), ("odd", "cs_äbc")] {
        let file = program.write(bad, text);
        let run = program.run(&["token", "list", "--server", &address, "--token-file", &file], "");
        assert!(run.code == Some(3) && run.message().contains("holds no token"), "{run:#?}");
        assert!(text.is_empty() || !run.stderr.contains(text), "{run:#?}");
    }
    let gone = program.run(&["token", "list", "--server", &address, "--token-file", "nowhere"], "");
    assert!(gone.code == Some(3) && gone.message().contains("cannot read nowhere"), "{gone:#?}");
    // Without a service, what is for one says nothing.
    for option in ["--token-file", "--authorities"] {
        refused(&program.run(&["token", "list", option, &token], ""), &[option, "--server"]);
    }
    for wrong in ["example.com", "http://example.com", "ftp://127.0.0.1", "https://me:word@example.com"] {
        let run = program.run(&["token", "list", "--server", wrong, "--token-file", &token], "");
        refused(&run, &["is not used: write https://"]);
    }
    let query = program.run(&["token", "list", "--server", "https://example.com/?a=1", "--token-file", &token], "");
    refused(&query, &["no service's address"]);
}
