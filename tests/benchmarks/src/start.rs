//! One suggestion through the whole program with a warm cache, against `--version`.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::pipeline::corpus;
use crate::rounds::{Variant, wall_time};
use crate::table::{Promise, against};

/// The program built beside this one, or the one that is named.
pub fn program() -> PathBuf {
    env::var_os("COUNTERSIGN_PROGRAM").map_or_else(
        || env::current_exe().unwrap().with_file_name(format!("countersign{}", env::consts::EXE_SUFFIX)),
        PathBuf::from,
    )
}

pub fn table() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.jsonl");
    fs::write(&file, corpus(1)).unwrap();
    let home = folder.path().join("home");
    let run = |arguments: &[&str]| {
        let status = Command::new(program())
            .arg("--home")
            .arg(&home)
            .args(arguments)
            .stdout(Stdio::null())
            .status()
            .unwrap_or_else(|error| panic!("{}: {error}; build it first", program().display()));
        assert!(status.success());
    };
    run(&["init"]);
    let file = file.to_str().unwrap();
    let measured = wall_time(vec![
        Variant::new("`evaluate --dry-run` of one suggestion", || run(&["evaluate", "--dry-run", file])),
        Variant::new("`--version`", || run(&["--version"])),
    ]);
    against("Start to end of the program", "command", &measured, &[Promise { yardstick: "`--version`", at_most: 4.0 }]);
}
