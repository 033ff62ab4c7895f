//! Makes a component of a core module.

use std::fmt::Write as _;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ImportSection, Module, RawSection};
use wasmparser::{Import, Parser, Payload, ValType};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::stubs::{INNER, PREVIEW_1_INTERFACE, PREVIEW_1_PACKAGE, Stub};
use super::{CloseError, close};

/// The module that functions of preview 1 are imported from.
const PREVIEW_1: &str = "wasi_snapshot_preview1";
/// What there was before it.
const PREVIEW_0: &str = "wasi_unstable";

/// Makes a core module a component of a world of the module interface, whose text is `interface`, and closes WASI in
/// it, previews 1 and 2.
///
/// # Errors
/// See [`CloseError`].
pub fn componentize(module: &[u8], interface: &str, world: &str) -> Result<Vec<u8>, CloseError> {
    if !Parser::is_core_wasm(module) {
        let what = if Parser::is_component(module) { "a component already" } else { "no WebAssembly module" };
        return Err(CloseError::NotWasm(what.to_owned()));
    }
    let outline = outline(module)?;
    outline.check_exports(world)?;
    let failed = |error: anyhow::Error| CloseError::World { world: world.to_owned(), why: format!("{error:#}") };
    let mut module = module.to_vec();
    if outline.preview1 {
        module = with_preview_1_as_interface(&module)?;
        embed(&mut module, &preview_1_text()?, "closing").map_err(failed)?;
    }
    if !outline.has_world {
        embed(&mut module, interface, world).map_err(failed)?;
    }
    let mut encoder = ComponentEncoder::default().module(&module).map_err(failed)?;
    let component = encoder.encode().map_err(failed)?;
    close(&component)
}

/// Adds a world to a module, as toolchains that know the component model do.
fn embed(module: &mut Vec<u8>, text: &str, world: &str) -> anyhow::Result<()> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("interface.wit", text)?;
    let world = resolve.select_world(&[package], Some(world))?;
    embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
}

/// What a module imports and exports, as far as it matters here.
#[derive(Default)]
struct Outline {
    exports: Vec<String>,
    /// It says of which world it is.
    has_world: bool,
    /// It imports preview 1.
    preview1: bool,
}

impl Outline {
    fn check_exports(&self, world: &str) -> Result<(), CloseError> {
        // Memory and allocator have two names; functions of the world have one or the other of their own, too.
        let has = |name: &str| self.exports.iter().any(|export| export == name);
        let call = if world == "validator" { "validate" } else { "decide" };
        let names = [
            ("memory", "cm32p2_memory"),
            ("cabi_realloc", "cm32p2_realloc"),
            ("describe", "cm32p2||describe"),
            ("configure", "cm32p2||configure"),
            (call, if world == "validator" { "cm32p2||validate" } else { "cm32p2||decide" }),
        ];
        let missing: Vec<_> = names
            .iter()
            .filter(|(name, other)| !has(name) && !has(other))
            .map(|(name, _)| (*name).to_owned())
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(CloseError::Missing { world: world.to_owned(), missing }) }
    }
}

fn outline(module: &[u8]) -> Result<Outline, CloseError> {
    let known = Stub::Preview1.functions()?;
    let mut outline = Outline::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let Import { module, name, .. } = import?;
                    let refused = |hint: &str| {
                        Err(CloseError::Import { import: format!("{module}.{name}"), hint: hint.to_owned() })
                    };
                    match module {
                        PREVIEW_1 if !known.contains_key(name) || name.starts_with(INNER) => {
                            return refused("preview 1 of WASI has no such function");
                        }
                        PREVIEW_1 => outline.preview1 = true,
                        PREVIEW_0 => return refused("it is older than preview 1 of WASI; build it for wasm32-wasip1"),
                        _ => {}
                    }
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    outline.exports.push(export?.name.to_owned());
                }
            }
            Payload::CustomSection(section) => outline.has_world |= section.name().starts_with("component-type"),
            _ => {}
        }
    }
    Ok(outline)
}

/// Preview 1 in WIT: functions of numbers, lowered to just what they are.
fn preview_1_text() -> Result<String, CloseError> {
    let name = |function: &str| function.replace('_', "-");
    let number = |ty: &ValType| if *ty == ValType::I64 { "u64" } else { "u32" };
    let mut functions = String::new();
    for (function, ty) in Stub::Preview1.functions()?.iter().filter(|(name, _)| !name.starts_with(INNER)) {
        let parameters: Vec<_> =
            ty.params().iter().enumerate().map(|(at, ty)| format!("p{at}: {}", number(ty))).collect();
        let result = ty.results().first().map_or(String::new(), |ty| format!(" -> {}", number(ty)));
        let _ = writeln!(functions, "{}: func({}){result};", name(function), parameters.join(", "));
    }
    Ok(format!(
        "package {PREVIEW_1_PACKAGE};\ninterface preview1 {{\n{functions}}}\nworld closing {{ import preview1; }}"
    ))
}

/// The module with the functions of preview 1 imported from the interface.
fn with_preview_1_as_interface(module: &[u8]) -> Result<Vec<u8>, CloseError> {
    let mut renamed = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                let mut imports = ImportSection::new();
                for import in section.into_imports() {
                    let import = import?;
                    let ty = RoundtripReencoder
                        .entity_type(import.ty)
                        .map_err(|error| CloseError::Malformed(error.to_string()))?;
                    if import.module == PREVIEW_1 {
                        imports.import(PREVIEW_1_INTERFACE, &import.name.replace('_', "-"), ty);
                    } else {
                        imports.import(import.module, import.name, ty);
                    }
                }
                renamed.section(&imports);
            }
            payload => {
                if let Some((id, range)) = payload.as_section() {
                    let data = module.get(range).unwrap_or_default();
                    renamed.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(renamed.finish())
}
