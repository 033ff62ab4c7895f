//! Guests made from text: a core module in the text format becomes a component of the module interface.

use std::fs;
use std::path::{Path, PathBuf};

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, UnresolvedPackageGroup};

/// The line that begins a part of the skeleton which a guest may have itself.
const PART: &str = ";;; ";

/// The folder of the guests.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("hostile")
}

/// The text of the interface.
#[must_use]
pub fn interface() -> String {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit/1.0.0/policy.wit"))
}

/// The policy that stands beside a hostile guest.
#[must_use]
pub fn honest() -> Vec<u8> {
    build(&read(&folder().join("honest.wat")))
}

/// A guest of the folder `core`: what its core module does differently from the skeleton. Its world is in the
/// file `<name>.wit` beside it, if there is one.
#[must_use]
pub fn core(name: &str) -> Vec<u8> {
    let fields = read(&folder().join("core").join(name).with_extension("wat"));
    match fs::read_to_string(folder().join("core").join(name).with_extension("wit")) {
        Ok(world) => build_in(&fields, &[&interface(), &world], "guest"),
        Err(_) => build(&fields),
    }
}

/// A guest of the folder `component`: fields that are added to a component without hostile parts.
#[must_use]
pub fn component(name: &str) -> Vec<u8> {
    with_component_fields(&read(&folder().join("component").join(name).with_extension("wat")))
}

/// A component without hostile parts and, in the text format, more fields of a component.
#[must_use]
pub fn with_component_fields(fields: &str) -> Vec<u8> {
    let plain = wasmprinter::print_bytes(build("")).unwrap();
    let open = plain.trim_end().strip_suffix(')').unwrap();
    wat::parse_str(format!("{open}\n{fields}\n)")).unwrap_or_else(|error| panic!("{fields}\n{error}"))
}

/// The skeleton with other fields, of the world that the fields are written for.
#[must_use]
pub fn build(fields: &str) -> Vec<u8> {
    build_in(fields, &[&interface()], if has(fields, "validate") { "validator" } else { "policy" })
}

/// The skeleton with other fields, as a component of a world of the last of some WIT packages.
#[must_use]
pub fn build_in(fields: &str, packages: &[&str], world: &str) -> Vec<u8> {
    encode(&module(fields), packages, world)
}

/// The policy of the skeleton that says that it is of another version, with as many digits.
#[must_use]
pub fn released_as(version: &str) -> Vec<u8> {
    let (text, own) = (module(""), "\"1.0.0\"");
    let said = text.replace(own, &format!("\"{version}\""));
    assert!(text.contains(own) && version.len() == "1.0.0".len());
    encode(&said, &[&interface()], "policy")
}

/// The skeleton as a component of the world `policy` of another version of the interface.
#[must_use]
pub fn of_version(version: &str) -> Vec<u8> {
    let served = "@1.0.0";
    let interface = interface().replace(served, version);
    assert_ne!(interface, self::interface());
    encode(&module("").replace(served, version), &[&interface], "policy")
}

fn encode(module: &str, packages: &[&str], world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = packages
        .iter()
        .map(|text| resolve.push_group(UnresolvedPackageGroup::parse("test.wit", text).unwrap()).unwrap())
        .last()
        .unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = wat::parse_str(module).unwrap_or_else(|error| panic!("{module}\n{error}"));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    // Validation would find some guests out before the host does.
    let mut encoder = ComponentEncoder::default().validate(false).module(&module).unwrap();
    encoder.encode().unwrap()
}

/// The skeleton with other fields, a core module in the text format.
#[must_use]
pub fn module(fields: &str) -> String {
    let skeleton = read(&folder().join("skeleton.wat"));
    let mut parts = skeleton.split(PART);
    let mut text = parts.next().unwrap().to_owned();
    // Imports come before everything else.
    let (imports, fields): (Vec<_>, Vec<_>) = fields.lines().partition(|line| line.starts_with("(import "));
    let (imports, fields) = (imports.join("\n"), fields.join("\n"));
    for part in parts {
        let (name, body) = part.split_once('\n').unwrap();
        // A validator has no `decide`.
        let instead = name == "decide" && has(&fields, "validate");
        if !has(&fields, name) && !instead {
            text.push_str(body);
        }
    }
    format!("(module\n{imports}\n{text}\n{fields}\n)")
}

fn has(fields: &str, export: &str) -> bool {
    fields.contains(&format!("(export \"{export}\")"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
