//! The released components are what their sources make.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use countersign::authoring::Subject;
use countersign::modules::SetFile;
use countersign::sandbox::{Allocation, Sandbox, Worker};
use countersign_tests::snapshot::assert_snapshot;
use countersign_tests::{Program, corpus, inputs};
use serde_json::Value;

fn index(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("index.json")).unwrap()).unwrap()
}

fn digests(index: &Value) -> BTreeMap<String, String> {
    let text = |module: &Value, key: &str| module[key].as_str().unwrap().to_owned();
    let modules = index["modules"].as_array().unwrap().iter();
    modules
        .map(|module| (format!("{}@{}", text(module, "name"), text(module, "version")), text(module, "digest")))
        .collect()
}

fn released() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/released")
}

#[test]
fn the_index_names_every_released_file_with_its_digest() {
    let listed = digests(&index(&released()));
    let mut files = 0;
    for (name, digest) in &listed {
        let (module, version) = name.split_once('@').unwrap();
        let bytes = fs::read(released().join(module).join(format!("{version}.wasm"))).unwrap();
        assert_eq!(&countersign::model::Digest::of(&bytes).to_string(), digest, "{name}");
        files += 1;
    }
    assert_eq!(files, 15);
}

/// What stands beside each component is what it says of itself; a service shows it without compiling anything.
#[test]
fn each_description_is_what_the_component_says() {
    let program = Program::without_home();
    for name in digests(&index(&released())).into_keys() {
        let (module, version) = name.split_once('@').unwrap();
        let run = program.run(&["policy", "inspect", &format!("{module}@={version}"), "--format", "json"], "");
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert_snapshot(&format!("../policies/released/{module}/{version}.json"), &run.stdout);
    }
}

/// Needs `COUNTERSIGN_REBUILT`, the folder that `policies/build FOLDER` wrote; `tests/run` sets it.
#[test]
fn rebuilt_components_have_the_same_bytes_or_decide_the_same() {
    let Some(rebuilt) = std::env::var_os("COUNTERSIGN_REBUILT").map(PathBuf::from) else {
        println!("skipped: COUNTERSIGN_REBUILT is not set (tests/run rebuilds the modules and sets it)");
        return;
    };
    let (old, new) = (index(&released()), index(&rebuilt));
    let (old_digests, new_digests) = (digests(&old), digests(&new));
    if old_digests == new_digests {
        return;
    }
    assert_ne!(
        old["compiler"], new["compiler"],
        "the same compiler made other bytes:\n{old_digests:#?}\n{new_digests:#?}"
    );
    println!("made by another compiler ({} instead of {}): comparing decisions", new["compiler"], old["compiler"]);
    assert_eq!(decisions(&released()), decisions(&rebuilt));
    for engine in ENGINES {
        assert_eq!(answers(&released(), engine), answers(&rebuilt, engine), "{engine}");
    }
}

/// The modules that bring a rule engine, which are not in the default set.
const ENGINES: [&str; 3] = ["cedar", "cel", "rego"];

/// What an engine in a folder of components says over the whole corpus with each of its examples.
fn answers(folder: &Path, engine: &str) -> Vec<String> {
    let component = fs::read(folder.join(engine).join("1.0.0.wasm")).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies").join(engine).join("examples/set.toml");
    let set = SetFile::parse(&fs::read_to_string(&path).unwrap(), &path).unwrap();
    let sandbox = Sandbox::new(Allocation::Pool(1), Worker::InProcess, None).unwrap();
    let mut subject = Subject::new(&sandbox, &component, false);
    let examples = set.policy.iter().map(|entry| serde_json::to_string(&entry.settings).unwrap());
    let inputs = examples.flat_map(|settings| inputs::corpus(&settings));
    inputs.map(|given| format!("{:?}", subject.answer(&given).unwrap().said)).collect()
}

/// What the default set decides over the whole corpus with the components of a folder.
fn decisions(folder: &Path) -> Vec<Value> {
    let program = Program::with_fresh_home();
    let mut set = fs::read_to_string(program.home().join("sets/crm-default.toml")).unwrap();
    for name in digests(&index(folder)).into_keys() {
        let (module, version) = name.split_once('@').unwrap();
        let file = folder.canonicalize().unwrap().join(module).join(format!("{version}.wasm"));
        set = set.replace(&format!("\"{module}@1\""), &format!("{:?}", file.display().to_string()));
    }
    let set = program.write("files.toml", set);
    let arguments = ["evaluate", "-", "--dry-run", "--format", "json", "--now", "2026-06-01T00:00:00Z", "--set", &set];
    let run = program.run(&arguments, corpus::first(corpus::SUGGESTIONS));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let said = |mut decision: Value| {
        let keys = ["id", "outcome", "reasons", "findings", "review"];
        Value::Array(keys.map(|key| decision[key].take()).to_vec())
    };
    run.lines().into_iter().map(said).collect()
}
