use std::fmt::Write as _;

use wasmparser::ValType;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::abi::AbiVariant;
use wit_parser::{Resolve, TypeDefKind, WorldItem, WorldKey};

use super::stubs::{INNER, Stub};
use super::*;

const INTERFACE: &str = include_str!("../../../../wit/1.0.0/policy.wit");

/// Interfaces of preview 2, each after those that it uses.
const WASI: [&str; 6] = [
    include_str!("../../../../tests/hostile/pure/wasi/io.wit"),
    include_str!("../../../../tests/hostile/pure/wasi/clocks.wit"),
    include_str!("../../../../tests/hostile/pure/wasi/random.wit"),
    include_str!("../../../../tests/hostile/pure/wasi/filesystem.wit"),
    include_str!("../../../../tests/hostile/pure/wasi/sockets.wit"),
    include_str!("../../../../tests/hostile/pure/wasi/cli.wit"),
];

/// The functions that a policy exports.
const EXPORTS: &str = r#"
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "describe") (result i32) unreachable)
    (func (export "configure") (param i32 i32) (result i32) unreachable)
    (func (export "decide") (param i32) (result i32) unreachable)"#;

fn module(imports: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {imports} {EXPORTS})")).unwrap()
}

/// The imports of a component.
fn imports(component: &[u8]) -> Vec<String> {
    let mut imports = Vec::new();
    for (payload, _) in parts(component).unwrap() {
        if let Payload::ComponentImportSection(section) = payload {
            imports.extend(section.into_iter().map(|import| import.unwrap().name.name.to_owned()));
        }
    }
    imports
}

fn assert_pure(component: &[u8]) {
    // The others are types that the world names.
    let imports: Vec<_> = imports(component).into_iter().filter(|import| import.contains(':')).collect();
    assert_eq!(imports, ["countersign:policy/types@1.0.0", "countersign:policy/log@1.0.0"]);
}

/// The parameters or results of a function, in the text format.
fn numbers<'a>(kind: &str, types: impl IntoIterator<Item = &'a ValType>) -> String {
    types.into_iter().map(|ty| format!("({kind} {ty})")).collect::<Vec<_>>().join(" ")
}

/// A component that imports all functions of some interfaces of WASI, whose texts may be changed.
fn open_component(change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let mut names = Vec::new();
    for text in WASI {
        let package = resolve.push_source("wasi.wit", &change(text)).unwrap();
        for (name, interface) in &resolve.packages[package].interfaces {
            if *name != "run" {
                names.push(resolve.id_of(*interface).unwrap());
            }
        }
    }
    resolve.push_source("policy.wit", INTERFACE).unwrap();
    let mut world = "package test:open;\nworld open {\ninclude countersign:policy/policy@1.0.0;\n".to_owned();
    for name in names {
        writeln!(world, "import {name};").unwrap();
    }
    world.push('}');
    let package = resolve.push_source("open.wit", &world).unwrap();
    let world = resolve.select_world(&[package], Some("open")).unwrap();
    let mut text = String::new();
    for (key, item) in &resolve.worlds[world].imports {
        let (WorldKey::Interface(_), WorldItem::Interface { id, .. }) = (key, item) else { continue };
        let interface = resolve.id_of(*id).unwrap();
        if !interface.starts_with("wasi:") {
            continue;
        }
        for (name, function) in &resolve.interfaces[*id].functions {
            let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
            let number = |ty: &wit_parser::abi::WasmType| match ty {
                wit_parser::abi::WasmType::I64 => ValType::I64,
                wit_parser::abi::WasmType::I32
                | wit_parser::abi::WasmType::Pointer
                | wit_parser::abi::WasmType::Length => ValType::I32,
                other => panic!("{name} has {other:?}"),
            };
            let parameters: Vec<_> = signature.params.iter().map(number).collect();
            let results: Vec<_> = signature.results.iter().map(number).collect();
            let (parameters, results) = (numbers("param", &parameters), numbers("result", &results));
            writeln!(text, "(import {interface:?} {name:?} (func {parameters} {results}))").unwrap();
        }
        for (name, ty) in &resolve.interfaces[*id].types {
            if matches!(resolve.types[*ty].kind, TypeDefKind::Resource) {
                writeln!(text, "(import {interface:?} \"[resource-drop]{name}\" (func (param i32)))").unwrap();
            }
        }
    }
    let mut module = module(&text);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

#[test]
fn all_of_preview_1_is_closed() {
    let functions = Stub::Preview1.functions().unwrap();
    let functions: Vec<_> = functions.iter().filter(|(name, _)| !name.starts_with(INNER)).collect();
    // And Go's switch for the clock of the official adapter.
    assert_eq!(functions.len(), 46 + 1);
    let import = |(name, ty): &(&String, &wasmparser::FuncType)| {
        let (parameters, results) = (numbers("param", ty.params()), numbers("result", ty.results()));
        format!("(import \"wasi_snapshot_preview1\" \"{name}\" (func {parameters} {results}))\n")
    };
    let all: String = functions.iter().map(import).collect();
    assert_pure(&componentize(&module(&all), INTERFACE, "policy").unwrap());
    for function in &functions {
        assert_pure(&componentize(&module(&import(function)), INTERFACE, "policy").unwrap());
    }
}

#[test]
fn all_of_preview_2_is_closed() {
    let open = open_component(str::to_owned);
    assert!(imports(&open).len() > 25, "{:?}", imports(&open));
    assert_pure(&close(&open).unwrap());
}

#[test]
fn every_version_of_preview_2_is_closed() {
    for version in ["@0.2.0", "@0.2.3", "@0.2.6", "@0.2.99"] {
        let open = open_component(|text| text.replace("@0.2.12", version));
        assert!(imports(&open).iter().any(|import| import.ends_with(version)));
        assert_pure(&close(&open).unwrap());
    }
}

#[test]
fn the_same_is_closed_to_the_same_bytes() {
    let open = open_component(str::to_owned);
    assert_eq!(close(&open).unwrap(), close(&open).unwrap());
}

#[test]
fn what_imports_no_wasi_stays_as_it_is() {
    let component = componentize(&module(""), INTERFACE, "policy").unwrap();
    assert_eq!(close(&component).unwrap(), component);
}

#[test]
fn other_versions_of_wasi_are_refused() {
    for version in ["@0.3.0", "@0.2.0-rc-2023-11-10"] {
        let open = open_component(|text| text.replace("@0.2.12", version));
        let error = close(&open).unwrap_err().to_string();
        assert!(error.contains(version) && error.contains("only version 0.2"), "{error}");
    }
}

#[test]
fn a_function_of_other_types_is_named() {
    let open = open_component(|text| text.replace("get-random-u64: func() -> u64", "get-random-u64: func() -> u32"));
    let error = close(&open).unwrap_err().to_string();
    assert!(error.contains("wasi:random/random") && error.contains("get-random-u64"), "{error}");
}

#[test]
fn other_parts_of_wasi_are_refused_with_what_to_do() {
    let import = |name: &str| {
        let ty = "(instance (export \"get\" (func)))";
        close(&wat::parse_str(format!("(component (import {name:?} {ty}))")).unwrap()).unwrap_err().to_string()
    };
    let error = import("wasi:http/outgoing-handler@0.2.0");
    assert!(error.contains("`wasi:http/outgoing-handler@0.2.0`") && error.contains("disableFeatures"), "{error}");
    let error = import("wasi:keyvalue/store@0.2.0");
    assert!(error.contains("`wasi:keyvalue/store@0.2.0`") && error.contains("arguments"), "{error}");
}

#[test]
fn a_component_of_components_is_refused() {
    let component = wat::parse_str(
        r#"(component
            (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
            (component $inner (import "random" (instance (export "get-random-u64" (func (result u64))))))
            (instance (instantiate $inner (with "random" (instance $random)))))"#,
    );
    let error = close(&component.unwrap()).unwrap_err().to_string();
    assert!(error.contains("close each before"), "{error}");
}

#[test]
fn exports_that_are_missing_are_named() {
    let module = wat::parse_str("(module (memory (export \"memory\") 1) (func (export \"decide\")))").unwrap();
    let error = componentize(&module, INTERFACE, "validator").unwrap_err().to_string();
    for name in ["`cabi_realloc`", "`describe`", "`configure`", "`validate`", "world `validator`"] {
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn exports_of_other_types_are_named() {
    let text = EXPORTS.replace("\"decide\") (param i32)", "\"decide\")");
    let module = wat::parse_str(format!("(module {text})")).unwrap();
    let error = componentize(&module, INTERFACE, "policy").unwrap_err().to_string();
    assert!(error.contains("decide"), "{error}");
}

#[test]
fn imports_that_nobody_has_are_named() {
    for (from, name, words) in [
        ("wasi_snapshot_preview1", "sock_open", "no such function"),
        ("wasi_snapshot_preview1", "stub:begin", "no such function"),
        ("wasi_unstable", "fd_write", "preview 1"),
        ("env", "now", "env"),
    ] {
        let module = module(&format!("(import {from:?} {name:?} (func))"));
        let error = componentize(&module, INTERFACE, "policy").unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_function_of_preview_1_of_other_types_is_named() {
    let module = module("(import \"wasi_snapshot_preview1\" \"fd_write\" (func (param i32) (result i64)))");
    let error = componentize(&module, INTERFACE, "policy").unwrap_err().to_string();
    assert!(error.contains("fd-write"), "{error}");
}

#[test]
fn what_is_no_wasm_is_refused() {
    let component = componentize(&module(""), INTERFACE, "policy").unwrap();
    assert!(componentize(&component, INTERFACE, "policy").unwrap_err().to_string().contains("a component already"));
    assert!(componentize(b"name = 1", INTERFACE, "policy").unwrap_err().to_string().contains("no WebAssembly"));
    assert!(close(&module("")).unwrap_err().to_string().contains("no WebAssembly component"));
    for end in (8..component.len()).step_by(97) {
        // Whole up to there, or refused; in no case a panic.
        let _ = close(component.get(..end).unwrap());
    }
}

#[test]
fn each_line_is_logged_whole() {
    let text = include_str!("../../../../guest-sdk/closing/log.wat");
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("(data $")).collect();
    assert_eq!(lines.len(), 7);
    for (number, line) in lines.iter().enumerate() {
        let (name, line) = line.split_once(" \"").unwrap();
        let length = line.strip_suffix("\")").unwrap().len();
        let says = text.lines().find(|line| line.starts_with(&format!("(func $say_{name} "))).unwrap();
        assert!(says.contains(&format!("(call $say (i32.const {number}) (i32.const {length})))")), "{says}");
    }
}
