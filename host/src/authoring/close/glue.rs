//! Small modules that connect the stubs with the component: made for each component, since its functions have the
//! types that they have.

use std::collections::BTreeMap;

use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, Module, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmparser::FuncType;

use super::CloseError;
use super::stubs::{Answer, BEGIN, END, Stub};
use super::survey::{Replaced, Survey};

/// A module while it is made. Imported functions come first.
#[derive(Default)]
struct Glue {
    types: TypeSection,
    imports: ImportSection,
    functions: FunctionSection,
    tables: TableSection,
    exports: ExportSection,
    elements: ElementSection,
    code: CodeSection,
    /// The imported functions by module and name: in a component none may be imported twice.
    imported: BTreeMap<(&'static str, String), u32>,
}

impl Glue {
    fn ty(&mut self, ty: &FuncType) -> Result<u32, CloseError> {
        let numbers = |types: &[wasmparser::ValType]| -> Result<Vec<ValType>, CloseError> {
            let number = |ty: &wasmparser::ValType| {
                ValType::try_from(*ty).map_err(|_| CloseError::Unusual("it passes references".to_owned()))
            };
            types.iter().map(number).collect()
        };
        let index = self.types.len();
        self.types.ty().function(numbers(ty.params())?, numbers(ty.results())?);
        Ok(index)
    }

    fn import(&mut self, module: &'static str, name: &str, ty: &FuncType) -> Result<u32, CloseError> {
        let next = self.imported_count();
        let key = (module, name.to_owned());
        if let Some(imported) = self.imported.get(&key) {
            return Ok(*imported);
        }
        let ty = self.ty(ty)?;
        self.imports.import(module, name, EntityType::Function(ty));
        self.imported.insert(key, next);
        Ok(next)
    }

    fn imported_count(&self) -> u32 {
        u32::try_from(self.imported.len()).unwrap_or(u32::MAX)
    }

    /// Adds a function that is called like `ty` and does this.
    fn function(&mut self, ty: u32, instructions: impl IntoIterator<Item = Instruction<'static>>) -> u32 {
        self.functions.function(ty);
        let mut body = Function::new([]);
        for instruction in instructions {
            body.instruction(&instruction);
        }
        body.instruction(&Instruction::End);
        self.code.function(&body);
        self.imported_count() + self.functions.len() - 1
    }

    fn finish(self) -> Module {
        let mut module = Module::new();
        module.section(&self.types).section(&self.imports).section(&self.functions);
        module.section(&self.tables).section(&self.exports).section(&self.elements).section(&self.code);
        module
    }
}

/// Passes the parameters of a function on.
fn parameters(ty: &FuncType) -> impl Iterator<Item = Instruction<'static>> + use<> {
    let count = u32::try_from(ty.params().len()).unwrap_or(u32::MAX);
    (0..count).map(Instruction::LocalGet)
}

fn table(size: u32) -> TableType {
    TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: u64::from(size),
        maximum: Some(u64::from(size)),
        shared: false,
    }
}

/// The functions that are needed before the stubs are there: each calls what will stand in its place of a table.
pub(super) fn shim(survey: &Survey) -> Result<Module, CloseError> {
    let mut glue = Glue::default();
    let mut size = 0_u32;
    for (number, replaced) in survey.when(true) {
        let ty = glue.ty(&replaced.ty)?;
        let place = Instruction::I32Const(size.cast_signed());
        let call = Instruction::CallIndirect { type_index: ty, table_index: 0 };
        let function = glue.function(ty, parameters(&replaced.ty).chain([place, call]));
        glue.exports.export(&number.to_string(), ExportKind::Func, function);
        size += 1;
    }
    glue.tables.table(table(size));
    glue.exports.export("table", ExportKind::Table, 0);
    Ok(glue.finish())
}

/// All that stands in for functions of WASI, except for what returns lists: fills the table of the shim, and exports
/// what is needed later.
pub(super) fn answers(survey: &Survey) -> Result<Module, CloseError> {
    let mut glue = Glue::default();
    let early = u32::try_from(survey.when(true).count()).unwrap_or(u32::MAX);
    glue.imports.import("shim", "table", table(early));
    let answered = || survey.when(true).chain(survey.when(false)).filter(|(_, replaced)| !is_list(replaced));
    // Imports come before all functions, so in a pass of their own.
    let mut imported = Vec::new();
    for (_, replaced) in answered() {
        imported.push(match &replaced.answer {
            Answer::Given(stub, name) => glue.import(stub.name(), name, &replaced.ty)?,
            Answer::Refused(say) => glue.import(Stub::Preview2.name(), say, &FuncType::new([], []))?,
        });
    }
    let mut places = Vec::new();
    for ((number, replaced), import) in answered().zip(imported) {
        let function = match &replaced.answer {
            Answer::Given(..) => import,
            Answer::Refused(_) => {
                let ty = glue.ty(&replaced.ty)?;
                glue.function(ty, [Instruction::Call(import), Instruction::Unreachable])
            }
        };
        if replaced.early {
            places.push(function);
        } else {
            glue.exports.export(&number.to_string(), ExportKind::Func, function);
        }
    }
    glue.elements.active(Some(0), &ConstExpr::i32_const(0), Elements::Functions(places.into()));
    Ok(glue.finish())
}

/// Whether a function returns a list, and so stands in a module of its own.
pub(super) fn is_list(replaced: &Replaced) -> bool {
    matches!(replaced.answer, Answer::Given(Stub::Lists, _))
}

/// The function that judges, between telling the stubs that a call begins and that it ends.
pub(super) fn call(survey: &Survey, ty: &FuncType) -> Result<Module, CloseError> {
    let mut glue = Glue::default();
    let mut before = Vec::new();
    let mut after = Vec::new();
    for stub in survey.stubs() {
        for (name, calls) in [(BEGIN, &mut before), (END, &mut after)] {
            calls.push(Instruction::Call(glue.import(stub.name(), name, &FuncType::new([], []))?));
        }
    }
    let judge = glue.import("module", "call", ty)?;
    let index = glue.ty(ty)?;
    let instructions = before.into_iter().chain(parameters(ty)).chain([Instruction::Call(judge)]).chain(after);
    let function = glue.function(index, instructions);
    glue.exports.export("call", ExportKind::Func, function);
    Ok(glue.finish())
}
