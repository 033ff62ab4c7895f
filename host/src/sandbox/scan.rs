//! The shape of a component, found by one streaming pass that stops early, before any validation.
//!
//! Validating and compiling cost far more than the size of the bytes lets one think: a component of
//! 118 KB that nests 10,000 deep takes gigabytes. So what is out of proportion never gets there.

use serde::{Deserialize, Serialize};
use wasmparser::{Encoding, Operator, Parser, Payload};

/// The largest shape that is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The component's size in bytes.
    pub bytes: usize,
    /// Components and modules inside each other.
    pub nesting: usize,
    /// Functions with a body, in all modules together.
    pub functions: usize,
    /// One function's body in bytes.
    pub body: usize,
    /// Blocks inside each other in one function.
    pub blocks: usize,
    /// Types, in all modules and components together.
    pub types: usize,
}

impl Shape {
    /// Enough for modules compiled to Wasm.
    pub const ORDINARY: Self =
        Self { bytes: 4 << 20, nesting: 8, functions: 20_000, body: 256 << 10, blocks: 500, types: 5_000 };

    /// Enough for modules that bring an interpreter of their language.
    pub const SCRIPTED: Self =
        Self { bytes: 64 << 20, nesting: 8, functions: 100_000, body: 4 << 20, blocks: 2_000, types: 20_000 };
}

/// Why a component is not let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ShapeError {
    /// Something is too large.
    #[error("{what} is over the limit of {limit}")]
    TooLarge {
        /// What.
        what: String,
        /// The limit.
        limit: usize,
    },
    /// The bytes are no component.
    #[error("{0}")]
    NotAComponent(String),
    /// More than one memory, or a kind of memory that is not accepted.
    #[error("{0}; a module has one 32-bit memory of its own")]
    Memory(String),
    /// The bytes cannot be read.
    #[error("malformed at byte {offset}: {message}")]
    Malformed {
        /// Where.
        offset: u64,
        /// What is wrong.
        message: String,
    },
}

impl From<wasmparser::BinaryReaderError> for ShapeError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Malformed { offset: error.offset() as u64, message: error.message().to_owned() }
    }
}

/// The names that the outermost component imports and exports.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

#[derive(Default)]
struct Count {
    depth: usize,
    functions: usize,
    types: usize,
    memories: usize,
    outline: Outline,
}

/// Refuses a component that is over a shape, without looking further: for tools that are to read it before the
/// sandbox does.
///
/// # Errors
/// See [`ShapeError`].
pub fn within(component: &[u8], shape: &Shape) -> Result<(), ShapeError> {
    scan(component, shape).map(drop)
}

/// Reads a component once and stops at the first thing that is over the shape.
///
/// # Errors
/// See [`ShapeError`].
pub(super) fn scan(component: &[u8], shape: &Shape) -> Result<Outline, ShapeError> {
    at_most(component.len(), shape.bytes, "the component's size in bytes")?;
    if !Parser::is_component(component) {
        let what = if Parser::is_core_wasm(component) {
            "a core module, not a component: build it with the module interface and componentize it"
        } else {
            "no WebAssembly component"
        };
        return Err(ShapeError::NotAComponent(what.to_owned()));
    }
    let mut count = Count::default();
    for payload in Parser::new(0).parse_all(component) {
        payload.map_err(ShapeError::from).and_then(|payload| look(&payload, &mut count, shape))?;
    }
    Ok(count.outline)
}

fn look(payload: &Payload<'_>, count: &mut Count, shape: &Shape) -> Result<(), ShapeError> {
    match payload {
        Payload::Version { encoding, .. } => {
            count.depth += 1;
            at_most(count.depth, shape.nesting, "the nesting of components and modules")?;
            debug_assert!(matches!(encoding, Encoding::Component | Encoding::Module));
        }
        Payload::End(_) => count.depth = count.depth.saturating_sub(1),
        Payload::TypeSection(section) => add_types(count, section.count(), shape)?,
        Payload::CoreTypeSection(section) => add_types(count, section.count(), shape)?,
        Payload::ComponentTypeSection(section) => add_types(count, section.count(), shape)?,
        Payload::ComponentImportSection(section) if count.depth == 1 => {
            for import in section.clone() {
                count.outline.imports.push(import?.name.name.to_owned());
            }
        }
        Payload::ComponentExportSection(section) if count.depth == 1 => {
            for export in section.clone() {
                count.outline.exports.push(export?.name.name.to_owned());
            }
        }
        Payload::MemorySection(section) => {
            for memory in section.clone() {
                let memory = memory?;
                count.memories += 1;
                let refused = match () {
                    () if memory.memory64 => "a 64-bit memory",
                    () if memory.shared => "a shared memory",
                    () if memory.page_size_log2.is_some() => "a memory of an uncommon page size",
                    () if count.memories > 1 => "a second memory",
                    () => continue,
                };
                return Err(ShapeError::Memory(format!("the component has {refused}")));
            }
        }
        Payload::CodeSectionStart { count: functions, .. } => {
            count.functions += usize::try_from(*functions).unwrap_or(usize::MAX);
            at_most(count.functions, shape.functions, "the number of functions")?;
        }
        Payload::CodeSectionEntry(body) => {
            let range = body.range();
            at_most(range.len(), shape.body, "a function's body in bytes")?;
            block_depth(body, shape)?;
        }
        _ => {}
    }
    Ok(())
}

fn add_types(count: &mut Count, types: u32, shape: &Shape) -> Result<(), ShapeError> {
    count.types += usize::try_from(types).unwrap_or(usize::MAX);
    at_most(count.types, shape.types, "the number of types")
}

fn block_depth(body: &wasmparser::FunctionBody<'_>, shape: &Shape) -> Result<(), ShapeError> {
    let mut depth = 0_usize;
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        match operators.read()? {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } | Operator::TryTable { .. } => {
                depth += 1;
                at_most(depth, shape.blocks, "the depth of blocks in a function")?;
            }
            Operator::End => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn at_most(value: usize, limit: usize, what: &str) -> Result<(), ShapeError> {
    if value <= limit {
        return Ok(());
    }
    Err(ShapeError::TooLarge { what: what.to_owned(), limit })
}
