//! Records the engine's version, and lists the released modules and the templates of new ones to be embedded.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    engine_version()?;
    templates()?;
    closing_stubs()?;
    released_modules()
}

/// A table of what new modules are made of: each language's SDK and templates, and the interface.
fn templates() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let sdks = root.join("guest-sdk");
    println!("cargo:rerun-if-changed={}", sdks.display());
    println!("cargo:rerun-if-changed={}", root.join("wit").display());
    let mut files = Vec::new();
    for language in fs::read_dir(&sdks)?.collect::<io::Result<Vec<_>>>()? {
        let name = language.file_name().to_string_lossy().into_owned();
        for part in ["sdk", "template"] {
            embed(&language.path().join(part), &format!("{name}/{part}"), &mut files)?;
        }
    }
    // The Rust SDK is a crate of this workspace and stands above the others.
    files.push(("rust/sdk/Cargo.toml".to_owned(), sdks.join("Cargo.toml")));
    embed(&sdks.join("src"), "rust/sdk/src", &mut files)?;
    files.push(("wit/1.0.0/policy.wit".to_owned(), root.join("wit/1.0.0/policy.wit")));
    files.sort();
    let mut table = String::from("static TEMPLATES: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        println!("cargo:rerun-if-changed={}", path.display());
        let literal = format!("{:?}", path.display().to_string());
        writeln!(table, "    ({name:?}, include_bytes!({literal})),").map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    write_table("templates.rs", &table)
}

/// Assembles the stubs that stand in for WASI.
fn closing_stubs() -> io::Result<()> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-sdk/closing");
    println!("cargo:rerun-if-changed={}", sources.display());
    let read = |name: &str| fs::read_to_string(sources.join(name));
    let log = read("log.wat")? + &read("print.wat")?;
    let texts = [
        ("preview1", format!("(module\n{log}\n{})", read("preview1.wat")?)),
        ("preview2", format!("(module\n{log}\n{})", read("preview2.wat")?)),
        ("lists", read("lists.wat")?),
    ];
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    for (name, text) in texts {
        let module = wat::parse_str(&text).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        fs::write(Path::new(&out).join(format!("closing-{name}.wasm")), module)?;
    }
    Ok(())
}

/// All files below a folder, but for what tools left there; none if there is no folder.
fn embed(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    const LEFT_BY_TOOLS: [&str; 4] = ["node_modules", "target", "__pycache__", ".venv"];
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()? {
        let own = entry.file_name().to_string_lossy().into_owned();
        if LEFT_BY_TOOLS.contains(&own.as_str()) {
            continue;
        }
        let name = format!("{name}/{own}");
        if entry.path().is_dir() {
            embed(&entry.path(), &name, files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}

/// Writes a generated source.
fn write_table(name: &str, table: &str) -> io::Result<()> {
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    fs::write(Path::new(&out).join(name), table)
}

/// A table of every `policies/released/<name>/<version>.wasm`, in order, with the description that stands beside it.
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
            let file_name = file.file_name().to_string_lossy().into_owned();
            let Some(version) = file_name.strip_suffix(".wasm").map(str::to_owned) else { continue };
            println!("cargo:rerun-if-changed={}", file.path().display());
            modules.push((name, version, file.path().canonicalize()?));
        }
    }
    modules.sort();
    let mut table = String::from("static RELEASED: &[Row] = &[\n");
    for (name, version, path) in modules {
        let digest: [u8; 32] = Sha256::digest(fs::read(&path)?).into();
        let literal = format!("{:?}", path.display().to_string());
        let description = path.with_extension("json");
        println!("cargo:rerun-if-changed={}", description.display());
        // One that was just built has none yet: a test of the program that this builds writes it.
        let beside = if description.exists() {
            format!("include_str!({:?})", description.display().to_string())
        } else {
            "\"{}\"".to_owned()
        };
        writeln!(table, "    ({name:?}, {version:?}, {digest:?}, include_bytes!({literal}), {beside}),")
            .map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    write_table("released.rs", &table)
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
