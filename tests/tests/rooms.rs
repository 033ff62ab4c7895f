//! The building: which room of the host knows which, who names the engine and the database, and that nothing grows
//! past what a person reads in one sitting.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms in order: each may import those in the rows above its own, and nothing else.
const ROOMS: &[&[&str]] = &[
    &["model"],
    &["sandbox"],
    &["modules"],
    &["pipeline"],
    &["ledger", "authoring"],
    &["access"],
    &["signature"],
    &["outbound"],
    &["registry"],
    &["login", "traces"],
    &["rollout"],
    &["review", "connector", "notify"],
    &["effects"],
    &["reproduce"],
    &["replay"],
    &["audit"],
    &["runtime"],
    &["words"],
    &["web"],
    &["mcp"],
    &["remote"],
    &["cli"],
];

const MOST_LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// All files below a folder, but for what is built, fetched or released.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "released", "node_modules"].contains(&name) {
                found.extend(files(&path));
            }
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let rust = files(&root().join(folder)).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    rust.map(|path| (path.strip_prefix(root()).unwrap().to_owned(), fs::read_to_string(path).unwrap())).collect()
}

/// The room that a file of the host belongs to; none for the files of the crate itself.
fn room_of(path: &Path) -> Option<String> {
    let below = path.strip_prefix("host/src").unwrap();
    let first = Path::new(below.components().next().unwrap().as_os_str());
    let name = first.file_stem().unwrap().to_str().unwrap();
    (!["lib", "main"].contains(&name)).then(|| name.to_owned())
}

fn row_of(room: &str) -> usize {
    ROOMS.iter().position(|row| row.contains(&room)).unwrap_or_else(|| panic!("`{room}` is no room of the design"))
}

/// The code of a file: without comments, texts and its own tests.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    while let Some(first) = rest.chars().next() {
        let skip = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            'r' if rest.starts_with("r#\"") => rest[3..].find("\"#").map_or(rest.len(), |at| at + 5),
            '"' => end_of_text(rest),
            '\'' if rest.starts_with("'\"'") => 3,
            other => {
                code.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[skip..];
    }
    code
}

/// Where a text in quotes ends.
fn end_of_text(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

fn word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

fn words(code: &str) -> BTreeSet<&str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').collect()
}

/// The rooms that a file's code names: behind `crate::`, one or several in braces, and behind so many `super::`
/// that they lead out of the file's own room.
fn named(path: &Path, code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let after = &code[at + "crate::".len()..];
        match after.strip_prefix('{') {
            None => drop(rooms.insert(word(after).to_owned())),
            Some(list) => rooms.extend(top_of_list(list)),
        }
    }
    let below = path.strip_prefix("host/src").unwrap();
    let is_head = below.file_name().unwrap() == "mod.rs";
    // How many `super::` lead from here to the crate.
    let depth = below.components().count() - usize::from(is_head);
    let out = "super::".repeat(depth);
    let behind_super = code.match_indices(&out).map(|(at, out)| word(&code[at + out.len()..]).to_owned());
    // Behind `super::` in a module within the file, a neighbour may stand.
    rooms.extend(behind_super.filter(|name| ROOMS.iter().flat_map(|row| row.iter()).any(|room| room == name)));
    rooms
}

/// The first words of the parts of a list in braces.
fn top_of_list(list: &str) -> Vec<String> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                parts.push(word(list[start..at].trim_start()).to_owned());
                start = at + 1;
            }
            _ => {}
        }
        if c == '}' && depth == 0 && start == at + 1 {
            break;
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[test]
fn each_room_knows_only_the_rooms_before_it() {
    let mut met = BTreeSet::new();
    for (path, text) in sources("host/src") {
        let Some(room) = room_of(&path) else { continue };
        for other in named(&path, &code(&text)) {
            let allowed = other == room || row_of(&other) < row_of(&room);
            assert!(allowed, "{} of `{room}` knows `{other}`", path.display());
            met.insert((room.clone(), other));
        }
    }
    for pair in [("cli", "runtime"), ("runtime", "ledger"), ("pipeline", "sandbox"), ("sandbox", "model")] {
        assert!(met.contains(&(pair.0.to_owned(), pair.1.to_owned())), "{pair:?} was seen, so the search works");
    }
}

#[test]
fn the_search_for_imports_sees_all_forms() {
    let text = r##"
        use crate::{ledger::{A, B}, model, web::C}; // use crate::notify;
        /* crate::effects */ const T: &str = "crate::mcp \" crate::cli"; const R: &str = r#"crate::review"#;
        pub(in crate::pipeline) fn f(_: crate::modules::M) { super::super::replay::g() }
    "##;
    let found = named(Path::new("host/src/runtime/one.rs"), &code(text));
    let expected = ["ledger", "model", "modules", "pipeline", "replay", "web"].map(str::to_owned);
    assert_eq!(found, BTreeSet::from(expected));
}

#[test]
fn the_engine_is_named_in_the_sandbox_alone() {
    known_only_in(&["wasmtime", "wasmtime_wizer"], &["host/src/sandbox"]);
    // Closing WASI takes a component apart, and runs nothing of it.
    known_only_in(&["wasmparser", "wasm_encoder"], &["host/src/sandbox", "host/src/authoring/close"]);
}

#[test]
fn the_database_is_named_in_its_store_alone() {
    known_only_in(&["rusqlite"], &["host/src/ledger/sqlite"]);
}

fn known_only_in(crates: &[&str], rooms: &[&str]) {
    let mut inside = false;
    for (path, text) in sources("host/src") {
        let code = code(&text);
        if let Some(name) = words(&code).into_iter().find(|word| crates.contains(word)) {
            assert!(rooms.iter().any(|room| path.starts_with(room)), "{} names {name}", path.display());
            inside = true;
        }
    }
    assert!(inside, "{crates:?} are named in {rooms:?}, so the search works");
}

#[test]
fn no_file_is_longer_than_a_person_reads_at_once() {
    for folder in ["host", "guest-sdk", "policies", "tests", "wit"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= MOST_LINES, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn no_drawer_for_things_without_a_place() {
    for folder in ["host", "guest-sdk", "policies", "tests", "wit"] {
        for path in files(&root().join(folder)) {
            for part in path.strip_prefix(root()).unwrap().components() {
                let part = Path::new(part.as_os_str()).file_stem().unwrap().to_str().unwrap().to_lowercase();
                let drawer =
                    ["util", "utils", "helper", "helpers", "common", "manager", "misc"].contains(&part.as_str());
                assert!(!drawer, "{}", path.display());
            }
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let whole = fs::read_to_string(root().join("tests/tests/whole.rs")).unwrap();
    let manifest = fs::read_to_string(root().join("tests/Cargo.toml")).unwrap();
    for (path, text) in sources("tests/tests") {
        let below = path.strip_prefix("tests/tests").unwrap();
        // A file in a folder is part of the test that names it.
        if below.components().count() == 1 && below != Path::new("whole.rs") {
            let name = below.file_stem().unwrap().to_str().unwrap();
            let part = whole.contains(&format!("\nmod {name};\n"));
            assert!(part || manifest.contains(&format!("path = \"tests/{name}.rs\"")), "whole.rs has {name}");
            assert!(text.contains("#[test]"), "{} has a test", path.display());
        }
    }
}

#[test]
fn every_module_of_the_host_is_part_of_it() {
    for (path, _) in sources("host/src") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let parent = path.parent().unwrap();
        let (name, parent) = match name {
            "lib" | "main" => continue,
            "mod" => (parent.file_name().unwrap().to_str().unwrap(), parent.parent().unwrap()),
            name => (name, parent),
        };
        let heads = [parent.join("mod.rs"), parent.join("lib.rs"), parent.with_extension("rs")];
        let declares = |head: &PathBuf| {
            fs::read_to_string(root().join(head)).is_ok_and(|text| text.contains(&format!("mod {name};")))
        };
        assert!(heads.iter().any(declares), "{} is declared", path.display());
    }
}

#[test]
fn every_standard_module_says_what_it_is_for_and_tests_itself() {
    let mut modules = 0;
    for entry in fs::read_dir(root().join("policies")).unwrap() {
        let folder = entry.unwrap().path();
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if !manifest.contains("cdylib") {
            continue;
        }
        modules += 1;
        let readme = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        assert!(readme.lines().count() > 3, "{} has a README.md", folder.display());
        let tested =
            files(&folder).iter().any(|path| fs::read_to_string(path).is_ok_and(|text| text.contains("#[test]")));
        assert!(tested, "{} has unit tests", folder.display());
    }
    assert!(modules >= 12, "{modules} modules were found");
}
