//! The SDKs of the other languages: their own tests, and bindings that are what the interface says.

use std::fs;
use std::path::Path;
use std::process::Command;

use countersign_tests::toolchain::{Toolchain, copy_sdks};
use tempfile::TempDir;

/// Runs a command in a folder of a copy of the SDKs, so that what it leaves is left there.
fn passes(at: &str, command: &[&str]) {
    let Some(tools) = Toolchain::find() else { return };
    let root = copied();
    tools.link_node_modules(&root.path().join("guest-sdk"));
    run(&tools, &root.path().join("guest-sdk").join(at), command);
}

fn copied() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    copy_sdks(root.path());
    root
}

fn run(tools: &Toolchain, folder: &Path, command: &[&str]) {
    let mut child = Command::new(command[0]);
    tools.equip(&mut child);
    let ran = child
        .args(&command[1..])
        .env("GOFLAGS", "-mod=mod")
        .env("GOPROXY", "off")
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{command:?} in {}: {}", folder.display(), String::from_utf8_lossy(&said));
}

#[test]
fn the_c_sdk_passes_its_tests() {
    passes("c/tests", &["make", "--silent"]);
}

#[test]
fn the_go_sdk_passes_its_tests() {
    passes("go/tests", &["go", "test", "./..."]);
}

#[test]
fn the_javascript_sdk_passes_its_tests() {
    passes("javascript", &["node", "--test", "tests/"]);
}

#[test]
fn the_python_sdk_passes_its_tests() {
    passes("python", &["python3", "-m", "unittest", "--quiet"]);
}

#[test]
fn the_types_of_javascript_and_python_are_those_of_the_interface() {
    passes("typescript", &["node", "generate.mjs", "--check"]);
    passes("python", &["python3", "generate", "--check"]);
}

#[test]
fn the_bindings_of_c_are_those_of_the_interface() {
    let Some(tools) = Toolchain::find() else { return };
    let root = copied();
    let made = root.path().join("made");
    run(&tools, &root.path().join("guest-sdk/c"), &["bash", "generate", made.to_str().unwrap()]);
    for world in ["policy", "validator"] {
        for file in ["cs_abi.c", "cs_abi.h"] {
            let read = |folder: &Path| fs::read_to_string(folder.join(world).join(file)).unwrap();
            let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk/c/sdk");
            assert!(read(&kept) == read(&made), "{world}/{file} is not what guest-sdk/c/generate writes");
        }
    }
}

/// The layout of Go's types is written by hand, C's is generated: a module that exists in both says the same of every
/// part of every input.
#[test]
fn gos_layout_is_that_of_the_bindings_of_c() {
    use countersign::authoring::Subject;
    use countersign::sandbox::{Allocation, Sandbox, Worker};
    use countersign_tests::{Program, inputs};

    let Some(tools) = Toolchain::find() else { return };
    let program = Program::without_home();
    let built = |language: &str| -> Vec<u8> {
        let folder = program.folder().join(language);
        countersign_tests::toolchain::project(language, "tests/witness", &folder);
        let mut command = program.command(&["policy", "build", language]);
        tools.equip(&mut command);
        let ran = command.current_dir(program.folder()).output().unwrap();
        assert!(ran.status.success(), "{language}: {}", String::from_utf8_lossy(&ran.stderr));
        fs::read(folder.join("build/witness.wasm")).unwrap()
    };
    let (of_c, of_go) = (built("c"), built("go"));
    let sandbox = Sandbox::new(Allocation::Pool(1), Worker::InProcess, None).unwrap();
    let mut inputs_of_both = inputs::made_up(&sandbox, &of_c, "{}", 1_000);
    inputs_of_both.extend(inputs::corpus("{}").into_iter().step_by(100));
    let (mut c, mut go) = (Subject::new(&sandbox, &of_c, false), Subject::new(&sandbox, &of_go, false));
    for given in inputs_of_both {
        let (of_c, of_go) = (c.answer(&given).unwrap(), go.answer(&given).unwrap());
        assert_eq!((of_c.said, of_c.log), (of_go.said, of_go.log), "{given:#?}");
    }
}
