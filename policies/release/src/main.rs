//! Makes components of the built standard modules and writes `<name>/<version>.wasm` and `index.json`.
//!
//! Called by `policies/build`: COMPILER BUILT OUT CRATE...

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::json;
use sha2::{Digest, Sha256};
use wit_component::ComponentEncoder;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [compiler, built, out, crates @ ..] = arguments.as_slice() else {
        bail!("usage: release COMPILER BUILT OUT CRATE...");
    };
    let mut index = Vec::new();
    for folder in crates {
        let name = Path::new(folder).file_name().and_then(OsStr::to_str).context("a crate's folder has no name")?;
        let version = version_of(folder)?;
        let core = Path::new(built).join(name.replace('-', "_")).with_extension("wasm");
        let bytes = fs::read(&core).with_context(|| format!("the built module {}", core.display()))?;
        // An engine that was not built again is the component that was released.
        let component = if bytes.starts_with(COMPONENT) {
            bytes
        } else {
            componentize(&bytes).with_context(|| format!("making a component of {name}"))?
        };
        let folder = Path::new(out).join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{version}.wasm")), &component)?;
        let digest = format!("sha256:{}", hex::encode(Sha256::digest(&component)));
        println!("{name}@{version}  {digest}  {} bytes", component.len());
        index.push(json!({ "name": name, "version": version, "digest": digest }));
    }
    let index = json!({ "compiler": compiler, "modules": index });
    fs::write(Path::new(out).join("index.json"), format!("{index:#}\n"))?;
    Ok(())
}

/// How a component begins, where a core module has 1 and 0 for 13 and 1.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

fn componentize(core: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = ComponentEncoder::default();
    encoder = encoder.validate(true).module(core)?;
    encoder.encode()
}

/// The version in the module's manifest.
fn version_of(folder: &str) -> Result<String> {
    let manifest = Path::new(folder).join("Cargo.toml");
    let text = fs::read_to_string(&manifest).with_context(|| format!("the manifest {}", manifest.display()))?;
    let line = text.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|rest| rest.strip_suffix('"'));
    version.map(str::to_owned).with_context(|| format!("{} has no line `version = \"…\"`", manifest.display()))
}
