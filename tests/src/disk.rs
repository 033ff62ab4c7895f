//! A disk that fails when a test wants it, and a clock that is behind: what `faults/disk.c` says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::program::beside_tests;

/// What stands between a program and the disk, built once; none where there is no compiler for it. It is put before the C library
/// with `LD_PRELOAD`.
pub fn shim() -> Option<&'static Path> {
    static SHIM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/disk.c");
        let library = beside_tests("disk.so");
        // Tests of other files may build it too: each has it whole.
        let own = beside_tests(&format!("disk-{}.so", std::process::id()));
        let built =
            Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&own).arg(source).arg("-ldl").status();
        match built {
            Ok(status) => {
                assert!(status.success());
                fs::rename(own, &library).unwrap();
                Some(library)
            }
            Err(error) => {
                println!("skipped: the C compiler `cc` cannot be run: {error}");
                None
            }
        }
    };
    SHIM.get_or_init(build).as_deref()
}
