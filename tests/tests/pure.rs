//! Guests that reach for what a module does not have, through WASI, and are closed: each is told what to use
//! instead, nothing depends on anything but its arguments, and calls start from a snapshot.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use countersign::authoring::{close, componentize};
use countersign_tests::{Program, guest};
use serde_json::{Value, json};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const FILES: &str = "modules have no files: what a rule needs comes in with the suggestion, the facts or the settings";
const NETWORK: &str =
    "modules have no network: what a rule needs comes in with the suggestion, the facts or the settings";
const ENVIRONMENT: &str = "modules have no environment: what differs between deployments comes in as settings";
const CLOCK: &str = "the clock stands still at 2000-01-01T00:00:00Z: the time of the decision is `facts.now`";
const WAIT: &str = "modules cannot sleep or wait: nothing happens during a call but the call";
const EXIT: &str = "exit stops the call as a fault: to say that the module cannot judge, return an error";
const OWN_TEXT: &str = "what a stub borrows is put back as it was";

fn folder() -> PathBuf {
    guest::folder().join("pure")
}

fn read(path: &str) -> String {
    let path = folder().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The fields of a guest. Imports stand first, as everywhere.
fn fields(name: &str) -> String {
    let guest = read(&format!("{name}.wat"));
    let (imports, fields): (Vec<_>, Vec<_>) = guest.lines().partition(|line| line.starts_with("(import "));
    format!("{}\n{}\n{}", imports.join("\n"), read("shared.wat"), fields.join("\n"))
}

/// A guest of the folder `preview1` or `preview2`, closed.
fn closed(name: &str) -> Vec<u8> {
    if name.starts_with("preview1") {
        let module = wat::parse_str(guest::module(&fields(name))).unwrap();
        return componentize(&module, &guest::interface(), "policy").unwrap();
    }
    let mut packages: Vec<_> = ["io", "clocks", "random", "filesystem", "sockets", "cli"]
        .map(|package| read(&format!("wasi/{package}.wit")))
        .into();
    packages.push(guest::interface());
    let fields = fields(name);
    let imports = fields.lines().filter_map(|line| line.strip_prefix("(import \"wasi:"));
    let imports: BTreeSet<_> = imports.map(|import| import.split('"').next().unwrap()).collect();
    let imports: Vec<_> = imports.iter().map(|name| format!("import wasi:{name};")).collect();
    let imports = imports.join("\n");
    packages.push(format!("package test:guest;\nworld guest {{ include countersign:policy/policy@1.0.0;\n{imports}}}"));
    let packages: Vec<_> = packages.iter().map(String::as_str).collect();
    close(&guest::build_in(&fields, &packages, "guest")).unwrap()
}

/// A guest of the folder `preview1` as a component of preview 2, closed: with the adapter that cargo, for one, puts
/// into components for `wasm32-wasip2`.
fn closed_with_adapter(name: &str) -> Vec<u8> {
    let mut module = wat::parse_str(guest::module(&fields(name))).unwrap();
    let mut resolve = Resolve::default();
    let package = resolve.push_source("policy.wit", &guest::interface()).unwrap();
    let world = resolve.select_world(&[package], Some("policy")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let adapter = wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
    let encoder = ComponentEncoder::default().module(&module).unwrap();
    let open = encoder.adapter("wasi_snapshot_preview1", adapter).unwrap().encode().unwrap();
    close(&open).unwrap()
}

/// What becomes of three suggestions that are alike, in one run, as the guest alone decides them.
fn decisions(program: &Program, component: &[u8]) -> Vec<Value> {
    let file = program.write("guest.wasm", component);
    let run = program.run(&["policy", "inspect", &file, "--format", "json"], "");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let inspected: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(inspected["snapshot"]["taken"], "yes", "{inspected:#}");
    let set = "name = \"pure\"\nversion = \"1.0.0\"\n[[policy]]\nmodule = \"guest.wasm\"\non-fault = \"human-only\"\n";
    let set = program.write("pure.toml", set);
    let suggestion = |id: &str| {
        let suggestion = json!({
            "id": id,
            "received_at": "2026-01-01T00:00:00Z",
            "target": { "system": "hubspot", "object": "contact", "id": "101" },
            "operation": "enrich",
            "changes": [{ "field": "industry", "prior": null, "proposed": "Software" }],
            "assistant": { "vendor": "acme", "model": "enricher", "version": "2.1" },
            "confidence": 0.97,
            "context": { "fields": { "industry": { "value": null } } },
        });
        format!("{suggestion}\n")
    };
    let input = ["s1", "s2", "s3"].map(suggestion).concat();
    let run = program.run(
        &["evaluate", "-", "--dry-run", "--set", &set, "--now", "2026-01-01T00:00:00Z", "--format", "json"],
        input,
    );
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.lines()
}

/// What the guest logs: the same in all calls, of this run and another.
fn log(component: &[u8], outcome: &str) -> String {
    let runs = [(), ()].map(|()| decisions(&Program::with_fresh_home(), component));
    let first = &runs[0][0];
    for decision in runs.iter().flatten() {
        assert_eq!(decision["outcome"], outcome, "{decision:#}");
        assert_eq!(decision["modules"], first["modules"]);
    }
    if outcome == "human-only" {
        assert_eq!(first["modules"][0]["fault"]["kind"], "trap", "{first:#}");
    }
    first["modules"][0]["log"].as_str().unwrap_or_else(|| panic!("{first:#}")).to_owned()
}

/// The guest logs these lines, and judges.
fn logs(name: &str, lines: &[&str]) {
    assert_eq!(log(&closed(name), "apply").lines().collect::<Vec<_>>(), lines);
}

/// The guest logs these lines, and is stopped.
fn stops(name: &str, lines: &[&str]) {
    assert_eq!(log(&closed(name), "human-only").lines().collect::<Vec<_>>(), lines);
}

/// The guest logs as many different numbers.
fn logs_different(name: &str, numbers: usize) {
    let log = log(&closed(name), "apply");
    let different: BTreeSet<_> = log.lines().collect();
    assert_eq!(different.len(), numbers, "{log}");
}

/// Tests of guests in files, and the list of those files.
macro_rules! guests {
    ($($test:ident: $name:literal => $expected:ident($($argument:expr),*);)*) => {
        const GUESTS: &[&str] = &[$($name),*];
        $(#[test] fn $test() { $expected($name, $($argument),*); })*
    };
}

guests! {
    a_file_is_not_opened: "preview1/open-file" =>
        logs(&[FILES, "0000000000000002", "0000000000000002", "0000000000000008", "0000000000000002", OWN_TEXT]);
    a_socket_is_not_opened: "preview1/open-socket" =>
        logs(&[NETWORK, "0000000000000002", "0000000000000002", "0000000000000002", OWN_TEXT]);
    the_environment_is_empty: "preview1/environment" => logs(&[
        ENVIRONMENT, "0000000000000000", "0000000000000000", "0000000000000000", "0000000000000000", OWN_TEXT,
    ]);
    the_clocks_stand_still: "preview1/time-twice" => logs(&[
        CLOCK, "0000000000000000", "0d234ccf52430000", "0000000000000000", "0d234ccf52430000",
        "0000000000000000", "000000003b9aca00", "0000000000000000", "000000003b9aca00", OWN_TEXT,
    ]);
    randomness_is_always_the_same: "preview1/randomness" => logs_different(3);
    waiting_is_over_at_once: "preview1/wait" => logs(&[
        WAIT, "0000000000000000", "0000000000000007", "0000000000000000", "0000000000000001", "0000000077359400", OWN_TEXT,
    ]);
    what_is_printed_is_logged: "preview1/print" => logs(&[
        "000000000000000e", "one thing, and another", "second", "third", "fo", "fur", "fif", "th", "0000000000000008",
        OWN_TEXT, "ünf€",
    ]);
    long_lines_are_logged_in_parts: "preview1/print-long" =>
        logs(&[&"a".repeat(200), &"b".repeat(100), &"c".repeat(300), &"d".repeat(256), "e"]);
    an_exit_is_a_fault: "preview1/exit" => stops(&["good-bye", EXIT]);

    a_file_is_not_opened_in_preview_2: "preview2/open-file" => logs(&[
        "0000000000000001", "/", FILES, "ffffff00ffffff01", "ffffff00ffffff01", "ffffffffffff0300", "ffffff00ffffff01", OWN_TEXT,
    ]);
    a_socket_is_not_opened_in_preview_2: "preview2/open-socket" =>
        logs(&[NETWORK, "ffffff01ffffff01", "ffffff01ffffff01", "ffffff01ffffff01", OWN_TEXT]);
    a_socket_is_not_used_in_preview_2: "preview2/use-socket" => stops(&[NETWORK]);
    the_environment_is_empty_in_preview_2: "preview2/environment" =>
        logs(&[ENVIRONMENT, "0000000000000000", "0000000000000000", "0000000000000000", OWN_TEXT]);
    the_clocks_stand_still_in_preview_2: "preview2/time-twice" => logs(&[
        CLOCK, "00000000386d4380", "0000000000000000", "00000000386d4380", "0000000000000000",
        "000000003b9aca00", "000000003b9aca00", OWN_TEXT,
    ]);
    randomness_is_always_the_same_in_preview_2: "preview2/randomness" => logs_different(6);
    waiting_is_over_at_once_in_preview_2: "preview2/wait" => logs(&[
        WAIT, "0000000077359400", "00000000b2d05e00", "0000000000000001", "0000000000000000", OWN_TEXT,
    ]);
    what_is_printed_is_logged_in_preview_2: "preview2/print" => logs(&[
        "0000000000000000", "one thing, and another", "0000000000000000", "second", "third", "fo", "fur", "fif", "th",
        "0000000000000001", "0000000000000001", OWN_TEXT, "ünf€",
    ]);
    an_exit_is_a_fault_in_preview_2: "preview2/exit" => stops(&[EXIT]);
}

#[test]
fn the_adapter_of_toolchains_changes_nothing() {
    for name in ["open-file", "environment", "time-twice", "wait", "print-long", "exit"] {
        let name = format!("preview1/{name}");
        let outcome = if name.ends_with("exit") { "human-only" } else { "apply" };
        assert_eq!(log(&closed_with_adapter(&name), outcome), log(&closed(&name), outcome), "{name}");
    }
}

#[test]
fn every_guest_in_the_folders_is_tested() {
    let in_folder = |preview: &str| {
        let files = fs::read_dir(folder().join(preview)).unwrap().map(|file| file.unwrap().path());
        files.map(|path| format!("{preview}/{}", path.file_stem().unwrap().to_str().unwrap())).collect::<Vec<_>>()
    };
    let names: BTreeSet<_> = ["preview1", "preview2"].iter().flat_map(|preview| in_folder(preview)).collect();
    assert_eq!(names, GUESTS.iter().map(|name| (*name).to_owned()).collect());
}
