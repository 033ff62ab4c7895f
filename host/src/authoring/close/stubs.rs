//! The stubs: core modules that stand in for WASI.

use std::collections::BTreeMap;

use wasmparser::{ExternalKind, FuncType, Parser, Payload, TypeRef};

use super::CloseError;

/// Assembled from `guest-sdk/closing` by the build script.
static PREVIEW_1: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/closing-preview1.wasm"));
static PREVIEW_2: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/closing-preview2.wasm"));
/// The functions of preview 2 that return lists.
static LISTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/closing-lists.wasm"));

/// The interface that preview 1 is made, so that it can be closed like preview 2.
pub(super) const PREVIEW_1_PACKAGE: &str = "countersign:closing@1.0.0";
pub(super) const PREVIEW_1_INTERFACE: &str = "countersign:closing/preview1@1.0.0";

/// How the names of functions begin that stubs have for each other and for what connects them.
pub(super) const INNER: &str = "stub:";
/// Does nothing with a resource.
pub(super) const DROP: &str = "stub:drop";
/// Is called before each call of the module, and after it.
pub(super) const BEGIN: &str = "stub:begin";
pub(super) const END: &str = "stub:end";

/// The parts of preview 2 that are closed.
const PACKAGES: [&str; 6] = ["wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:io", "wasi:random", "wasi:sockets"];

/// One of the stub modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stub {
    Preview1,
    Preview2,
    Lists,
}

impl Stub {
    /// Its code.
    pub(super) fn module(self) -> &'static [u8] {
        match self {
            Self::Preview1 => PREVIEW_1,
            Self::Preview2 => PREVIEW_2,
            Self::Lists => LISTS,
        }
    }

    /// Its name as an argument of the instantiation of others.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Preview1 => "preview1",
            Self::Preview2 => "preview2",
            Self::Lists => "lists",
        }
    }

    /// The functions that it exports.
    pub(super) fn functions(self) -> Result<BTreeMap<String, FuncType>, CloseError> {
        exported_functions(self.module())
    }
}

/// An instance of WASI that a component imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interface {
    /// As the component names it.
    pub(super) import: String,
    /// Its package and name without the version; none for preview 1.
    name: Option<String>,
}

/// What stands in for a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A function of a stub.
    Given(Stub, String),
    /// A line in the log, and a trap.
    Refused(&'static str),
}

impl Interface {
    /// The interface of an import; none if it has nothing to do with WASI.
    pub(super) fn of(import: &str) -> Result<Option<Self>, CloseError> {
        if import == PREVIEW_1_INTERFACE {
            return Ok(Some(Self { import: import.to_owned(), name: None }));
        }
        if !import.starts_with("wasi:") {
            return Ok(None);
        }
        let refused = |hint: &str| CloseError::Import { import: import.to_owned(), hint: hint.to_owned() };
        let (name, version) = import.split_once('@').unwrap_or((import, ""));
        let package = name.split_once('/').map_or(name, |(package, _)| package);
        if package == "wasi:http" {
            return Err(refused(
                "modules have no network; build it without HTTP (componentize-js: `disableFeatures: ['http', 'fetch-event']`)",
            ));
        }
        if !PACKAGES.contains(&package) {
            return Err(refused("modules have nothing of it: what a rule needs comes in as arguments"));
        }
        if !is_preview_2(version) {
            return Err(refused("only version 0.2 of WASI can be closed; build it for that (wasm32-wasip2)"));
        }
        Ok(Some(Self { import: import.to_owned(), name: Some(name.to_owned()) }))
    }

    /// What stands in for a function of the interface, whose lowered type is given.
    pub(super) fn answer(&self, function: &str, ty: &FuncType, stubs: &Functions) -> Result<Answer, CloseError> {
        let Some(interface) = &self.name else {
            let name = function.replace('-', "_");
            return self.given(Stub::Preview1, name, &stubs.preview1, ty);
        };
        let name = format!("{interface}#{function}");
        if stubs.preview2.contains_key(&name) {
            return self.given(Stub::Preview2, name, &stubs.preview2, ty);
        }
        if stubs.lists.contains_key(&name) {
            return self.given(Stub::Lists, name, &stubs.lists, ty);
        }
        Ok(Answer::Refused(match () {
            () if interface.starts_with("wasi:filesystem/") => "stub:say-files",
            () if interface.starts_with("wasi:sockets/") => "stub:say-network",
            () => "stub:say-refuse",
        }))
    }

    fn given(
        &self,
        stub: Stub,
        name: String,
        functions: &BTreeMap<String, FuncType>,
        ty: &FuncType,
    ) -> Result<Answer, CloseError> {
        match functions.get(&name) {
            Some(given) if given == ty => Ok(Answer::Given(stub, name)),
            _ => Err(CloseError::Types { function: format!("{}#{name}", self.import) }),
        }
    }
}

/// `0.2` and a patch: later patches add functions, and change none.
fn is_preview_2(version: &str) -> bool {
    let patch = version.strip_prefix("0.2.");
    patch.is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The functions of all stubs.
pub(super) struct Functions {
    preview1: BTreeMap<String, FuncType>,
    preview2: BTreeMap<String, FuncType>,
    lists: BTreeMap<String, FuncType>,
}

impl Functions {
    pub(super) fn load() -> Result<Self, CloseError> {
        Ok(Self {
            preview1: Stub::Preview1.functions()?,
            preview2: Stub::Preview2.functions()?,
            lists: Stub::Lists.functions()?,
        })
    }
}

/// The functions that a core module exports.
fn exported_functions(module: &[u8]) -> Result<BTreeMap<String, FuncType>, CloseError> {
    let mut types = Vec::new();
    // The type of each function, imported ones first.
    let mut functions = Vec::new();
    let mut exported = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    types.push(ty?);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    if let TypeRef::Func(ty) = import?.ty {
                        functions.push(ty);
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    functions.push(ty?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    let index = |index: u32| usize::try_from(index).ok();
                    let ty = index(export.index).and_then(|function| functions.get(function));
                    let ty = ty.and_then(|ty| types.get(index(*ty)?));
                    if let (ExternalKind::Func, Some(ty)) = (export.kind, ty) {
                        exported.insert(export.name.to_owned(), ty.clone());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(exported)
}
