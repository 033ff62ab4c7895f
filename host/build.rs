//! Records the engine's version, and lists the released modules to be embedded.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    engine_version()?;
    released_modules()
}

/// A table of every `policies/released/<name>/<version>.wasm`, in order.
fn released_modules() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/released");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut modules = Vec::new();
    for folder in fs::read_dir(&root)?.collect::<io::Result<Vec<_>>>()? {
        if !folder.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(folder.path())?.collect::<io::Result<Vec<_>>>()? {
            let name = folder.file_name().to_string_lossy().into_owned();
            let version = file.file_name().to_string_lossy().trim_end_matches(".wasm").to_owned();
            println!("cargo:rerun-if-changed={}", file.path().display());
            modules.push((name, version, file.path().canonicalize()?));
        }
    }
    modules.sort();
    let mut table = String::from("static RELEASED: &[(&str, &str, [u8; 32], &[u8])] = &[\n");
    for (name, version, path) in modules {
        let digest: [u8; 32] = Sha256::digest(fs::read(&path)?).into();
        let literal = format!("{:?}", path.display().to_string());
        writeln!(table, "    ({name:?}, {version:?}, {digest:?}, include_bytes!({literal})),")
            .map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    fs::write(Path::new(&out).join("released.rs"), table)
}

/// The version of the Wasm engine in the lock file: decisions on record name it.
fn engine_version() -> io::Result<()> {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    println!("cargo:rerun-if-changed={}", lock.display());
    let text = fs::read_to_string(lock)?;
    let version = text
        .split("[[package]]")
        .find(|package| package.contains("name = \"wasmtime\"\n"))
        .and_then(|package| package.split("version = \"").nth(1))
        .and_then(|rest| rest.split('"').next())
        .ok_or_else(|| io::Error::other("Cargo.lock does not name a version of wasmtime"))?;
    println!("cargo:rustc-env=COUNTERSIGN_WASMTIME_VERSION={version}");
    Ok(())
}
