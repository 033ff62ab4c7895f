//! Closes WASI: what a toolchain made for programs with files, a clock and a network becomes a module that
//! imports nothing of them.
//!
//! Every function of WASI that a component lowers for its core modules is replaced by a function of a stub, a core
//! module that is instantiated beside the others and uses their memory. The stubs' sources stand in
//! `guest-sdk/closing`. A component that exports WASI, composed with the one to be closed, would be the usual way,
//! but it has a memory of its own, and a module has one; nor can it be snapshotted, since it would be a component
//! inside a component.
//!
//! - `componentize.rs` makes a component of a core module, and preview 1 an interface like those of preview 2.
//! - `survey.rs` reads a component and finds what is to be replaced; `rewrite.rs` replaces it, and `indices.rs` keeps
//!   account of what has which number before and after.
//! - `stubs.rs` knows the stubs, and `glue.rs` makes the small modules that connect them.

mod componentize;
mod glue;
mod indices;
mod rewrite;
mod stubs;
mod survey;

pub use componentize::componentize;

use wasmparser::{Parser, Payload, Validator};

/// Why a module or component could not be closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// The bytes are something else.
    #[error("{0}")]
    NotWasm(String),
    /// The bytes cannot be read.
    #[error("malformed: {0}")]
    Malformed(String),
    /// Exports that the interface asks for are not there.
    #[error(
        "does not export {}, which a {world} must: write it against the world `{world}` of countersign:policy@1.0.0",
        quoted(missing)
    )]
    Missing {
        /// The world.
        world: String,
        /// Their names.
        missing: Vec<String>,
    },
    /// It does not fit its world.
    #[error("is not of the world `{world}`: {why}")]
    World {
        /// The world.
        world: String,
        /// In what.
        why: String,
    },
    /// An import that has no stub.
    #[error("imports `{import}`, which cannot be closed: {hint}")]
    Import {
        /// The import.
        import: String,
        /// What to do instead.
        hint: String,
    },
    /// A function of WASI has other arguments or results than its stub.
    #[error("imports `{function}` with other types than WASI gives it: build it with a released version of WASI")]
    Types {
        /// The function.
        function: String,
    },
    /// A component that is put together in an unusual way.
    #[error("WASI cannot be closed in it: {0}")]
    Unusual(String),
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl From<wasmparser::BinaryReaderError> for CloseError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Malformed(format!("{} at byte {}", error.message(), error.offset()))
    }
}

/// A pure component of whatever a toolchain made: a core module or a component.
///
/// # Errors
/// See [`CloseError`].
pub fn pure(made: &[u8], interface: &str, world: &str) -> Result<Vec<u8>, CloseError> {
    if Parser::is_component(made) { close(made) } else { componentize(made, interface, world) }
}

/// A component that imports nothing of WASI any more, and behaves like one that was given none: no files, no
/// network, no environment, a clock that stands still, the same randomness each time; what is printed goes to
/// `log`. A component that imports nothing of WASI is returned as it is.
///
/// # Errors
/// See [`CloseError`].
pub fn close(component: &[u8]) -> Result<Vec<u8>, CloseError> {
    if !Parser::is_component(component) {
        return Err(CloseError::NotWasm("no WebAssembly component".to_owned()));
    }
    let types = Validator::new().validate_all(component)?;
    let survey = survey::survey(component, &types)?;
    if !survey.has_wasi() {
        return Ok(component.to_vec());
    }
    let closed = rewrite::rewrite(component, &survey)?;
    Validator::new()
        .validate_all(&closed)
        .map_err(|error| CloseError::Unusual(format!("the result is not valid: {}", error.message())))?;
    Ok(closed)
}

/// The parts of a component, without those of the modules and components in it. Each module and component comes
/// with its bytes.
fn parts(component: &[u8]) -> Result<Vec<(Payload<'_>, &[u8])>, CloseError> {
    let mut parser = Parser::new(0);
    let mut rest = component;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (payload, consumed) = match parser.parse(rest, true)? {
            wasmparser::Chunk::Parsed { consumed, payload } => (payload, consumed),
            wasmparser::Chunk::NeedMoreData(_) => return Err(CloseError::Malformed("it ends too early".to_owned())),
        };
        rest = rest.get(consumed..).unwrap_or_default();
        let inner = match &payload {
            Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                let (inner, after) = rest
                    .split_at_checked(unchecked_range.len())
                    .ok_or_else(|| CloseError::Malformed("it ends too early".to_owned()))?;
                rest = after;
                inner
            }
            _ => &[],
        };
        parts.push((payload, inner));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests;
