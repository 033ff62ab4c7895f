//! Modules in every language: begun, built, tested, and all of one mind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use countersign::authoring::{Said, Subject};
use countersign::sandbox::{Allocation, Sandbox, Worker};
use countersign_tests::Program;
use countersign_tests::inputs;
use countersign_tests::toolchain::{Toolchain, reference};

const LANGUAGES: [&str; 6] = ["rust", "c", "go", "javascript", "typescript", "python"];

/// Those whose build makes the same bytes again. It is a property of the tools: one kind of module shows it.
const REPRODUCIBLE: [&str; 5] = ["rust", "c", "go", "javascript", "typescript"];

fn run(program: &Program, tools: &Toolchain, arguments: &[&str]) -> Output {
    let mut command = program.command(arguments);
    tools.equip(&mut command);
    command.current_dir(program.folder()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a template promises: its module builds, a validator again with the same bytes, and passes its tests with every code.
fn holds(language: &str, kind: &str) {
    let Some(tools) = Toolchain::find() else { return };
    let program = Program::without_home();
    let name = format!("my-{kind}");
    let new = run(&program, &tools, &["policy", "new", &name, "--kind", kind, "--lang", language]);
    assert!(new.status.success(), "{language} {kind}: {}", text(&new.stderr));
    let folder = program.folder().join(&name);
    tools.install(&folder);
    let mut arguments = vec!["policy", "build", &name, "--format", "json"];
    if kind == "validator" && REPRODUCIBLE.contains(&language) {
        arguments.push("--twice");
    }
    let built = run(&program, &tools, &arguments);
    assert!(built.status.success(), "{language} {kind}: {}", text(&built.stderr));
    let built: serde_json::Value = serde_json::from_slice(&built.stdout).unwrap();
    assert!(built["sample"]["fuel"].as_u64().unwrap() > 0, "{language} {kind}: {built}");
    let arguments =
        ["policy", "test", &name, "--min-codes", "100%", "--fuzz", "100", "--junit", &format!("{name}/build/t.xml")];
    let tested = run(&program, &tools, &arguments);
    assert!(tested.status.success(), "{language} {kind}: {}{}", text(&tested.stdout), text(&tested.stderr));
    assert!(folder.join("build/t.xml").is_file());
    // The language's own tests of the same sources.
    native(language, &folder, &tools);
}

/// Runs the unit tests of a project with the language's own runner.
fn native(language: &str, folder: &Path, tools: &Toolchain) {
    let (program, arguments): (&str, &[&str]) = match language {
        "rust" => ("cargo", &["test", "--quiet"]),
        "c" => ("make", &["--silent", "test"]),
        "go" => ("go", &["test", "./..."]),
        "javascript" | "typescript" => ("npm", &["test", "--silent"]),
        "python" => ("python3", &["-m", "unittest", "--quiet"]),
        other => panic!("{other}"),
    };
    let mut command = Command::new(program);
    tools.equip(&mut command);
    // A native test is built by the native compiler.
    command.env_remove("RUSTC").env("GOFLAGS", "-mod=mod").env("GOPROXY", "off");
    let ran = command.args(arguments).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{language}: {}{}", text(&ran.stdout), text(&ran.stderr));
}

macro_rules! templates {
    ($($test:ident: $language:literal $kind:literal;)+) => {
        $(#[test]
        fn $test() {
            holds($language, $kind);
        })+
    };
}

templates! {
    a_new_policy_in_rust_builds_and_passes: "rust" "policy";
    a_new_validator_in_rust_builds_and_passes: "rust" "validator";
    a_new_policy_in_c_builds_and_passes: "c" "policy";
    a_new_validator_in_c_builds_and_passes: "c" "validator";
    a_new_policy_in_go_builds_and_passes: "go" "policy";
    a_new_validator_in_go_builds_and_passes: "go" "validator";
    a_new_policy_in_javascript_builds_and_passes: "javascript" "policy";
    a_new_validator_in_javascript_builds_and_passes: "javascript" "validator";
    a_new_policy_in_typescript_builds_and_passes: "typescript" "policy";
    a_new_validator_in_typescript_builds_and_passes: "typescript" "validator";
    a_new_policy_in_python_builds_and_passes: "python" "policy";
    a_new_validator_in_python_builds_and_passes: "python" "validator";
}

/// The reference module `confidence` built from each language's example, in a folder of its name; Rust's is the
/// released one.
fn components(program: &Program, tools: &Toolchain) -> Vec<(&'static str, Vec<u8>)> {
    LANGUAGES
        .into_iter()
        .map(|language| {
            if language == "rust" {
                let released = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/released/confidence/1.0.0.wasm");
                return (language, fs::read(released).unwrap());
            }
            let folder = program.folder().join(language);
            reference(language, &folder);
            tools.install(&folder);
            let built = run(program, tools, &["policy", "build", language]);
            assert!(built.status.success(), "{language}: {}", text(&built.stderr));
            let tested = run(program, tools, &["policy", "test", language]);
            assert!(tested.status.success(), "{language}: {}", text(&tested.stdout));
            (language, fs::read(folder.join("build/confidence.wasm")).unwrap())
        })
        .collect()
}

/// N versions of one policy: over the whole corpus and 10,000 inputs that are made up, all of them give the same
/// outcome, codes, fields and messages.
#[test]
fn the_reference_module_says_the_same_in_every_language() {
    let Some(tools) = Toolchain::find() else { return };
    let program = Program::without_home();
    let components = components(&program, &tools);
    let sandbox = Sandbox::new(Allocation::Pool(1), Worker::InProcess, None).unwrap();
    let settings = r#"{"threshold":0.9,"fields":{"email":0.97},"objects":{"company":0.99},"segments":{"saas":0.93},"assistants":{"acme":0.98,"acme/enricher":0.5}}"#;
    let mut inputs = inputs::corpus("{}");
    inputs.extend(inputs::made_up(&sandbox, &components[0].1, "{}", 5_000));
    inputs.extend(inputs::made_up(&sandbox, &components[0].1, settings, 5_000));
    let answers = |(language, component): &(&str, Vec<u8>)| -> Vec<Said> {
        let scripted = ["javascript", "typescript", "python"].contains(language);
        // What the build has compiled is not compiled again: an interpreter takes most of a minute.
        let cache = program.folder().join(language).join("build/cache");
        let sandbox = Sandbox::new(Allocation::Pool(1), Worker::InProcess, Some(&cache)).unwrap();
        let mut subject = Subject::new(&sandbox, component, scripted);
        inputs.iter().map(|given| subject.answer(given).unwrap().said).collect()
    };
    let expected = answers(&components[0]);
    assert!(expected.iter().all(|said| matches!(said, Said::Verdict(_))));
    for component in &components[1..] {
        for ((given, expected), said) in inputs.iter().zip(&expected).zip(answers(component)) {
            assert_eq!(*expected, said, "{} differs from Rust on {given:#?}", component.0);
        }
    }
}

/// A build that fails half way leaves the component of the build before, and says what the tool said.
#[test]
fn a_build_that_fails_changes_nothing_and_a_missing_tool_is_named() {
    let Some(tools) = Toolchain::find() else { return };
    let program = Program::without_home();
    let new = run(&program, &tools, &["policy", "new", "mine", "--lang", "go"]);
    assert!(new.status.success(), "{}", text(&new.stderr));
    let component = program.folder().join("mine/build/mine.wasm");
    let built = run(&program, &tools, &["policy", "build", "mine"]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let before = fs::read(&component).unwrap();

    let source = main_source(&program.folder().join("mine"));
    let good = fs::read_to_string(&source).unwrap();
    fs::write(&source, format!("{good}\nfunc broken( {{\n")).unwrap();
    let failed = run(&program, &tools, &["policy", "build", "mine"]);
    assert_eq!(failed.status.code(), Some(3), "{}", text(&failed.stderr));
    let said = text(&failed.stderr);
    assert!(
        said.contains("nothing was built") && said.contains(source.file_name().unwrap().to_str().unwrap()),
        "{said}"
    );
    assert_eq!(fs::read(&component).unwrap(), before);

    let mut command = program.command(&["policy", "build", "mine"]);
    let alone = command.env("PATH", program.folder()).current_dir(program.folder()).output().unwrap();
    assert_eq!(alone.status.code(), Some(3));
    assert!(text(&alone.stderr).contains("`go` is not here") && text(&alone.stderr).contains("install it with"));

    fs::write(&source, good).unwrap();
    let manifest = program.folder().join("mine/policy.toml");
    let other = fs::read_to_string(&manifest).unwrap().replace("0.1.0", "0.2.0");
    fs::write(&manifest, other).unwrap();
    let differs = run(&program, &tools, &["policy", "build", "mine"]);
    assert_eq!(differs.status.code(), Some(3));
    assert!(text(&differs.stderr).contains("mine@0.1.0") && text(&differs.stderr).contains("mine@0.2.0"));
}

/// The Go source of a new module.
fn main_source(folder: &Path) -> PathBuf {
    let sources = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut sources: Vec<PathBuf> = sources
        .filter(|path| path.extension().is_some_and(|end| end == "go") && !path.to_str().unwrap().ends_with("_test.go"))
        .collect();
    sources.sort();
    sources.remove(0)
}

#[test]
fn a_new_module_needs_a_name_and_an_empty_folder() {
    let program = Program::without_home();
    let at = |arguments: &[&str]| {
        let mut command = program.command(&[&["policy", "new"], arguments].concat());
        command.current_dir(program.folder()).output().unwrap()
    };
    for bad in ["Upper", "a_b", "2x"] {
        let refused = at(&[bad, "--lang", "rust"]);
        assert_eq!(refused.status.code(), Some(3));
        assert!(text(&refused.stderr).contains("is no name for a module"));
    }
    fs::create_dir(program.folder().join("taken")).unwrap();
    fs::write(program.folder().join("taken/mine"), "mine").unwrap();
    let refused = at(&["taken", "--lang", "rust"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("not empty: nothing was written"));
    assert_eq!(fs::read_dir(program.folder().join("taken")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(program.folder()).unwrap().count(), 1, "nothing else is left behind");
    assert_eq!(at(&["x", "--lang", "cobol"]).status.code(), Some(2));
}
