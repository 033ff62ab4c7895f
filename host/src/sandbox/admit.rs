//! What a component asks for and offers: which of the two worlds it is written against, and that it
//! imports nothing but what the host has.

use serde::{Deserialize, Serialize};
use wasmparser::component_types::{ComponentEntityType, ComponentInstanceTypeId};
use wasmparser::types::{Types, TypesRef};
use wasmparser::{Validator, WasmFeatures};

use super::interface::INTERFACE_VERSIONS;
use super::scan::{Shape, ShapeError, scan};
use crate::model::ModuleKind;

/// The package of the module interface.
const PACKAGE: &str = "countersign:policy/";
/// The interface in it that has functions, before its version.
const LOG: &str = "countersign:policy/log@";

/// What the component is, as far as its imports and exports tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admitted {
    /// Validator or policy.
    pub kind: ModuleKind,
    /// Instances that it imports for their types alone; there is nothing to call in them.
    pub type_imports: Vec<String>,
    /// Whether it imports `log`.
    pub logs: bool,
    /// The version of the interface that it is written against.
    pub version: String,
}

/// Why a component is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// Its shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// It does not validate.
    #[error("not valid at byte {offset}: {message}")]
    Invalid {
        /// Where.
        offset: u64,
        /// What is wrong.
        message: String,
    },
    /// It imports what the host does not have.
    #[error("imports `{name}`, which the host does not have; {hint}")]
    Import {
        /// The import.
        name: String,
        /// How to close it.
        hint: String,
    },
    /// It is written against another version of the interface.
    #[error(
        "is written against `{found}`; this host serves {served}: build it with the WIT of a version that is served"
    )]
    Version {
        /// The version found.
        found: String,
        /// Those that are served.
        served: String,
    },
    /// It is of neither world, or of both.
    #[error("{0}")]
    World(String),
    /// It could not be set up: configured, described or compiled.
    #[error("{0}")]
    Setup(String),
    /// Its settings are refused.
    #[error("refuses its settings: {0}")]
    Settings(String),
    /// Compiling it took more than it may.
    #[error("compiling it {0}")]
    Compile(String),
}

/// The features of Wasm that are accepted: the same that the engine has.
fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIMD
        | WasmFeatures::FLOATS
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::COMPONENT_MODEL
}

/// Scans and validates a component and reads its imports and exports.
///
/// # Errors
/// See [`Refusal`].
pub fn admit(component: &[u8], shape: &Shape) -> Result<Admitted, Refusal> {
    admit_to(INTERFACE_VERSIONS, component, shape)
}

/// The same, where these versions of the interface are served, oldest first.
pub(super) fn admit_to(served: &[&str], component: &[u8], shape: &Shape) -> Result<Admitted, Refusal> {
    let outline = scan(component, shape)?;
    let types = Validator::new_with_features(features())
        .validate_all(component)
        .map_err(|error| Refusal::Invalid { offset: error.offset() as u64, message: error.message().to_owned() })?;
    let version = version(&outline.imports, served)?.to_owned();
    let (type_imports, logs) = imports(&types, outline.imports)?;
    Ok(Admitted { kind: kind(&outline.exports)?, type_imports, logs, version })
}

/// The version that a component is written against: the newest that it names. One that names none needs nothing that
/// the oldest lacks.
fn version<'a>(imports: &[String], served: &[&'a str]) -> Result<&'a str, Refusal> {
    let mut newest = 0;
    for name in imports.iter().filter(|name| name.starts_with(PACKAGE)) {
        let found = name.rsplit_once('@').map(|(_, version)| version);
        let Some(at) = served.iter().position(|version| found == Some(*version)) else {
            let all: Vec<_> = served.iter().map(|version| format!("`countersign:policy@{version}`")).collect();
            return Err(Refusal::Version { found: name.clone(), served: all.join(" and ") });
        };
        newest = newest.max(at);
    }
    Ok(served.get(newest).copied().unwrap_or_default())
}

fn imports(types: &Types, names: Vec<String>) -> Result<(Vec<String>, bool), Refusal> {
    let view = types.as_ref();
    let mut type_imports = Vec::new();
    let mut logs = false;
    for name in names {
        let types_only = match view.component_item_for_import(&name).map(|item| item.ty) {
            Some(ComponentEntityType::Instance(id)) => only_types(view, id),
            Some(ComponentEntityType::Type { .. }) => continue,
            _ => false,
        };
        if name.starts_with(LOG) {
            logs = true;
        } else if types_only {
            type_imports.push(name);
        } else {
            return Err(Refusal::Import { hint: hint(&name).to_owned(), name });
        }
    }
    Ok((type_imports, logs))
}

fn only_types(view: TypesRef<'_>, id: ComponentInstanceTypeId) -> bool {
    #[expect(clippy::indexing_slicing, reason = "the id is of these types: the validator gave both")]
    let exports = &view[id].exports;
    exports.values().all(|item| matches!(item.ty, ComponentEntityType::Type { .. }))
}

fn hint(name: &str) -> &'static str {
    if name.starts_with("wasi:") {
        "modules have no files, clock, network or randomness: close it with `countersign policy publish --stub-wasi`, or build with `countersign policy build`, which closes it too"
    } else {
        "modules may import `log` and nothing else: what a module needs to know comes in as arguments"
    }
}

fn kind(exports: &[String]) -> Result<ModuleKind, Refusal> {
    let has = |name: &str| exports.iter().any(|export| export == name);
    let world = |message: String| Err(Refusal::World(message));
    let kind = match (has("validate"), has("decide")) {
        (true, false) => ModuleKind::Validator,
        (false, true) => ModuleKind::Policy,
        (true, true) => {
            return world("exports both `validate` and `decide`; a module is a validator or a policy".into());
        }
        (false, false) => {
            return world(format!("exports neither `validate` nor `decide`, but {exports:?}; it is of another world"));
        }
    };
    match ["describe", "configure"].into_iter().find(|name| !has(name)) {
        Some(missing) => world(format!("does not export `{missing}`, which every module has")),
        None => Ok(kind),
    }
}
