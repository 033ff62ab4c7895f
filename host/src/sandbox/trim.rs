//! Takes out of a snapshot what only configured and described the module: parsers of settings and the schema are
//! most of a small module, and no call of a snapshot gets there.
//!
//! A function that cannot be reached any more keeps its place and type, and its body becomes a trap, so that
//! nothing else has to change.

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, component_utils, utils};
use wasm_encoder::{CodeSection, Component, Function};
use wasmparser::{
    BinaryReaderError, ConstExpr, ElementItems, ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef,
};

/// The exports that a snapshot is never asked for, as toolchains name them in a core module.
const SETUP_EXPORTS: [&str; 4] = ["describe", "configure", "cabi_post_describe", "cabi_post_configure"];

/// A component with the same calls and less code.
///
/// # Errors
/// If the component cannot be read, which validation rules out.
pub(super) fn trim(component: &[u8]) -> Result<Vec<u8>, String> {
    let mut trimmed = Component::new();
    Trim::default()
        .parse_component(&mut trimmed, Parser::new(0), component)
        .map_err(|error| format!("it cannot be trimmed: {error}"))?;
    Ok(trimmed.finish())
}

/// Copies a component, but for the bodies of functions that cannot be reached.
#[derive(Default)]
struct Trim {
    /// Whether each function of the present module that has a body can be reached.
    reachable: Vec<bool>,
    /// How many bodies of it were copied.
    copied: usize,
}

impl Reencode for Trim {
    type Error = BinaryReaderError;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let kept = self.reachable.get(self.copied).copied().unwrap_or(true);
        self.copied += 1;
        if kept {
            return utils::parse_function_body(self, code, body);
        }
        let mut trap = Function::new([]);
        trap.instructions().unreachable().end();
        code.function(&trap);
        Ok(())
    }
}

impl ReencodeComponent for Trim {
    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        parser: Parser,
        module: &[u8],
    ) -> Result<(), Error<Self::Error>> {
        *self = Self { reachable: reachable(module)?, copied: 0 };
        component_utils::parse_component_submodule(self, component, parser, module)
    }
}

/// What refers to functions in a module.
#[derive(Default)]
struct References {
    imported: usize,
    /// Functions that can be called from outside of functions: by exports, through tables, at the start.
    roots: Vec<u32>,
    /// The functions that each body refers to.
    bodies: Vec<Vec<u32>>,
}

/// Whether each function that has a body can be reached without the exports of setting up.
fn reachable(module: &[u8]) -> Result<Vec<bool>, BinaryReaderError> {
    let References { imported, roots, bodies } = references(module)?;
    let mut reached = vec![false; bodies.len()];
    let mut next = roots;
    while let Some(function) = next.pop() {
        let Some(index) = usize::try_from(function).ok().and_then(|function| function.checked_sub(imported)) else {
            continue;
        };
        if let (Some(reached @ false), Some(body)) = (reached.get_mut(index), bodies.get(index)) {
            *reached = true;
            next.extend(body);
        }
    }
    Ok(reached)
}

fn references(module: &[u8]) -> Result<References, BinaryReaderError> {
    let mut found = References::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    found.imported += usize::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.kind == ExternalKind::Func && !SETUP_EXPORTS.contains(&export.name) {
                        found.roots.push(export.index);
                    }
                }
            }
            Payload::StartSection { func, .. } => found.roots.push(func),
            Payload::GlobalSection(globals) => {
                for global in globals {
                    constant(&global?.init_expr, &mut found.roots)?;
                }
            }
            Payload::ElementSection(elements) => {
                for element in elements {
                    match element?.items {
                        ElementItems::Functions(functions) => {
                            for function in functions {
                                found.roots.push(function?);
                            }
                        }
                        ElementItems::Expressions(_, expressions) => {
                            for expression in expressions {
                                constant(&expression?, &mut found.roots)?;
                            }
                        }
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let mut referred = Vec::new();
                let mut operators = body.get_operators_reader()?;
                while !operators.eof() {
                    refers(&operators.read()?, &mut referred);
                }
                found.bodies.push(referred);
            }
            _ => {}
        }
    }
    Ok(found)
}

fn constant(expression: &ConstExpr<'_>, found: &mut Vec<u32>) -> Result<(), BinaryReaderError> {
    for operator in expression.get_operators_reader() {
        refers(&operator?, found);
    }
    Ok(())
}

fn refers(operator: &Operator<'_>, found: &mut Vec<u32>) {
    match operator {
        Operator::Call { function_index }
        | Operator::ReturnCall { function_index }
        | Operator::RefFunc { function_index } => {
            found.push(*function_index);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = r#"(component (core module
        (table 1 funcref)
        (func $parse (result i32) i32.const 7)
        (func (export "configure") (result i32) call $parse)
        (func $rule (result i32) i32.const 8)
        (func (export "decide") (result i32) call $rule)
        (func $indirect (result i32) i32.const 9)
        (elem (i32.const 0) func $indirect)))"#;

    #[test]
    fn what_only_sets_up_is_gone_and_the_rest_stays() {
        let text = wasmprinter::print_bytes(trim(&wat::parse_str(MODULE).unwrap()).unwrap()).unwrap();
        assert_eq!(text.matches("unreachable").count(), 2, "{text}");
        for kept in ["i32.const 8", "i32.const 9"] {
            assert!(text.contains(kept), "{text}");
        }
        assert!(!text.contains("i32.const 7"), "{text}");
    }
}
