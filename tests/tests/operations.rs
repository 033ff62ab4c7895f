//! What operators are given: a dashboard of the metrics that there are, a unit of systemd and a container file whose commands
//! the program knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign::runtime::Serve;
use countersign_tests::Program;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn operations(name: &str) -> String {
    fs::read_to_string(root().join("host/operations").join(name)).unwrap()
}

/// The words between backticks in a cell of a table.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The metrics that the documentation lists: labels by name. Histograms are named as they are queried.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let mut metrics = BTreeMap::new();
    for line in include_str!("../../host/src/web/METRICS.md").lines().filter(|line| line.starts_with("| `countersign_"))
    {
        let cells: Vec<&str> = line.split('|').collect();
        let name = quoted(cells[1]).pop_first().unwrap();
        let suffix = if cells[3].contains("histogram") { "_bucket" } else { "" };
        metrics.insert(name + suffix, quoted(cells[2]));
    }
    assert!(metrics.len() >= 15, "{metrics:#?}");
    metrics
}

/// The names of metrics in a query.
fn metrics_of(query: &str) -> BTreeSet<String> {
    let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("countersign_")).map(str::to_owned).collect()
}

fn dashboard() -> Value {
    serde_json::from_str(&operations("grafana-dashboard.json")).unwrap()
}

fn panels(dashboard: &Value) -> Vec<&Value> {
    dashboard["panels"].as_array().unwrap().iter().filter(|panel| panel["type"] != "row").collect()
}

#[test]
fn the_dashboard_shows_every_metric_and_no_other() {
    let (dashboard, documented) = (dashboard(), documented());
    let mut shown = BTreeSet::new();
    for panel in panels(&dashboard) {
        for target in panel["targets"].as_array().unwrap() {
            let (query, legend) = (target["expr"].as_str().unwrap(), target["legendFormat"].as_str().unwrap());
            let metrics = metrics_of(query);
            assert!(!metrics.is_empty(), "{query}");
            // Each series can have what its legend names.
            for label in legend.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap()) {
                let has = |name: &String| documented.get(name).is_some_and(|labels| labels.contains(label));
                assert!(label == "instance" || metrics.iter().all(has), "{label} of {query}");
            }
            for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
                assert_eq!(query.matches(open).count(), query.matches(close).count(), "{query}");
            }
            assert_eq!(query.matches("instance=~\"$instance\"").count(), query.matches('{').count(), "{query}");
            shown.extend(metrics);
        }
    }
    let documented: BTreeSet<String> = documented.into_keys().collect();
    assert_eq!(shown, documented, "what METRICS.md lists, and what stands on the dashboard");
}

#[test]
fn the_dashboard_is_one_that_can_be_imported() {
    let dashboard = dashboard();
    let uid = dashboard["uid"].as_str().unwrap();
    assert!(!uid.is_empty() && uid.len() <= 40 && uid.bytes().all(|byte| byte.is_ascii_lowercase()), "{uid}");
    assert!(dashboard["title"].is_string() && dashboard["schemaVersion"].as_u64().unwrap() >= 36);
    assert!(dashboard.get("id").is_none_or(Value::is_null), "an id belongs to one installation");
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let source = variables.iter().find(|variable| variable["type"] == "datasource").unwrap();
    let reference = format!("${{{}}}", source["name"].as_str().unwrap());
    let mut ids = BTreeSet::new();
    let mut taken = BTreeMap::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title} has an id of its own");
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().unwrap());
        assert!(w > 0 && h > 0 && x + w <= 24, "{title}");
        for place in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            if let Some(other) = taken.insert(place, title) {
                panic!("{title} lies over {other}");
            }
        }
    }
    for panel in panels(&dashboard) {
        assert_eq!(panel["datasource"]["uid"], reference.as_str(), "{panel}");
        assert!(panel["description"].as_str().unwrap().len() > 5, "{panel}");
        let targets = panel["targets"].as_array().unwrap();
        let names: BTreeSet<&str> = targets.iter().map(|target| target["refId"].as_str().unwrap()).collect();
        assert!(!targets.is_empty() && names.len() == targets.len(), "{panel}");
    }
    for variable in variables.iter().filter(|variable| variable["type"] == "query") {
        assert_eq!(variable["datasource"]["uid"], reference.as_str());
        let known = documented();
        assert!(
            metrics_of(&variable["query"]["query"].to_string()).iter().all(|name| known.contains_key(name)),
            "{variable}"
        );
    }
}

/// The commands of this program in a file, as lists of words.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    // What a container runs when it is told nothing else.
    let list = |line: &str, begin: &str| {
        line.strip_prefix(begin).map(|list| serde_json::from_str::<Vec<String>>(list).unwrap())
    };
    found.extend(text.lines().filter_map(|line| list(line, "CMD ")));
    // Lines of a shell and of a unit; in a shell, who or what runs the program has its name too.
    for line in text.lines() {
        let begins =
            ["ExecStart=/usr/local/bin/countersign ", " countersign countersign ", "/countersign countersign "];
        let Some(command) = begins.iter().find_map(|begin| line.split_once(begin)) else { continue };
        let words = command.1.split_whitespace().take_while(|word| *word != "#");
        found.push(words.map(str::to_owned).collect());
    }
    found
}

/// What the program says about a command and its options, which it must know.
fn known(program: &Program, words: &[String]) {
    let mut path: Vec<&str> = Vec::new();
    let mut help = program.run(&["--help"], "").stdout;
    let mut rest = words.iter().map(String::as_str);
    while let Some(word) = rest.next() {
        if word.starts_with("--") {
            assert!(
                help.split(|c: char| c.is_whitespace() || c == ',').any(|known| known == word),
                "{word} of {words:?}"
            );
            // Its value, if it takes one.
            if help.contains(&format!("{word} <")) {
                rest.next().unwrap();
            }
        } else if help.contains("Commands:") {
            path.push(word);
            let run = program.run(&[&path[..], &["--help"]].concat(), "");
            assert_eq!(run.code, Some(0), "{words:?}: {run:#?}");
            help = run.stdout;
        }
    }
    assert!(!path.is_empty() && !help.contains("Commands:"), "{words:?} is a whole command");
}

#[test]
fn the_program_knows_every_command_that_operators_are_given() {
    let program = Program::without_home();
    for (file, number) in [("countersign.service", 4), ("Containerfile", 3)] {
        let commands = commands(&operations(file));
        assert_eq!(commands.len(), number, "{file}: {commands:#?}");
        for words in &commands {
            known(&program, words);
        }
    }
}

/// The settings of a unit, by section and name.
fn settings(unit: &str) -> BTreeMap<(String, String), Vec<String>> {
    let mut settings: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut section = String::new();
    for line in unit.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut section);
        } else {
            let (key, value) = line.split_once('=').unwrap();
            settings.entry((section.clone(), key.to_owned())).or_default().push(value.to_owned());
        }
    }
    settings
}

#[test]
fn the_unit_shuts_the_service_in_but_lets_it_compile_modules() {
    let unit = operations("countersign.service");
    let settings = settings(&unit);
    let says = |key: &str, value: &str| {
        let found = settings.get(&("Service".to_owned(), key.to_owned()));
        assert!(found.is_some_and(|values| values.iter().any(|one| one == value)), "{key}={value}: {found:?}");
    };
    for (key, value) in [
        ("User", "countersign"),
        ("StateDirectory", "countersign"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateDevices", "yes"),
        ("RestrictNamespaces", "yes"),
        ("SystemCallFilter", "@system-service"),
        ("SystemCallFilter", "~@privileged"),
        ("UMask", "0077"),
        ("Restart", "on-failure"),
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
        // Without these two, no module can be compiled or run.
        ("MemoryDenyWriteExecute", "no"),
        ("Environment", "COUNTERSIGN_HOME=%S/countersign"),
    ] {
        says(key, value);
    }
    assert!(!unit.contains("~@resources"), "the process that compiles limits itself");

    let installed = Command::new("systemd-analyze").arg("--version").output().is_ok();
    if !installed {
        println!("skipped: there is no systemd-analyze");
        return;
    }
    let program = Program::without_home();
    let here = unit.replace("=/usr/local/bin/countersign", &format!("={}", program.file().display()));
    let file = program.write("countersign.service", &here);
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no", &file]).output().unwrap();
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && !said.contains("countersign.service"), "{said}");
}

#[test]
fn the_container_file_fits_the_repository_and_the_program() {
    let file = operations("Containerfile");
    let lines: Vec<&str> = file.lines().filter(|line| !line.starts_with('#')).collect();
    let value =
        |begin: &str| lines.iter().find_map(|line| line.strip_prefix(begin)).unwrap_or_else(|| panic!("{begin}"));
    // What the workspace has is copied, or the lock file is not of what is built.
    let mut copied = BTreeSet::new();
    for line in lines.iter().filter_map(|line| line.strip_prefix("COPY ")).filter(|line| !line.starts_with("--from")) {
        let words: Vec<&str> = line.split(' ').collect();
        for source in &words[..words.len() - 1] {
            assert!(root().join(source).exists(), "{source}");
            copied.insert((*source).to_owned());
        }
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = workspace.lines().find_map(|line| line.strip_prefix("members = ")).unwrap();
    for member in serde_json::from_str::<Vec<String>>(members).unwrap() {
        assert!(copied.contains(member.split('/').next().unwrap()), "{member} is copied");
    }
    let rust = workspace.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    assert!(value("FROM rust:").starts_with(&format!("{rust}-")), "the compiler of the workspace");
    let user: u32 = value("USER ").split(':').next().unwrap().parse().unwrap();
    assert!(user > 0, "not as root");
    assert_eq!(value("ENV COUNTERSIGN_HOME="), value("VOLUME "));
    let port = Serve::default().listen.port().to_string();
    assert_eq!(value("EXPOSE "), port);
    assert!(value("CMD ").contains(&format!("0.0.0.0:{port}")) && value("CMD ").contains("--plain-http"));
}
