//! Reads a component and finds which functions of it are to be replaced.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::types::Types;
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExternalKind, ComponentTypeRef, ExternalKind,
    FuncType, Payload,
};

use super::stubs::{Answer, DROP, Functions, Interface, Stub};
use super::{CloseError, parts};

/// A core function of the component that is a function of WASI.
pub(super) struct Replaced {
    /// What stands in for it.
    pub(super) answer: Answer,
    /// Its type.
    pub(super) ty: FuncType,
    /// It is there before the memory is, so the stub is not there yet.
    pub(super) early: bool,
    /// The function that allocates memory for what it returns.
    pub(super) realloc: Option<u32>,
}

/// What is to be replaced in a component.
#[derive(Default)]
pub(super) struct Survey {
    /// The instances of WASI that it imports, by number.
    pub(super) wasi: BTreeMap<u32, Interface>,
    /// The core functions that are functions of WASI, by number.
    pub(super) replaced: BTreeMap<u32, Replaced>,
    /// The memory, by the number of its first alias.
    pub(super) memory: Option<u32>,
    /// The functions `decide` or `validate`, by the number of what lifts them, and their core types.
    pub(super) calls: BTreeMap<u32, FuncType>,
}

impl Survey {
    /// Whether there is anything to close.
    pub(super) fn has_wasi(&self) -> bool {
        !self.wasi.is_empty()
    }

    /// The replaced functions before or after the memory is there, with their numbers.
    pub(super) fn when(&self, early: bool) -> impl Iterator<Item = (u32, &Replaced)> {
        self.replaced.iter().filter(move |(_, replaced)| replaced.early == early).map(|(at, replaced)| (*at, replaced))
    }

    /// The stubs that are needed.
    pub(super) fn stubs(&self) -> BTreeSet<Stub> {
        let stub = |replaced: &Replaced| match replaced.answer {
            Answer::Given(Stub::Preview1, _) => Stub::Preview1,
            _ => Stub::Preview2,
        };
        self.replaced.values().map(stub).collect()
    }
}

/// How many items of each kind there are so far, and which of them are of WASI.
#[derive(Default)]
struct Counted {
    instances: u32,
    functions: u32,
    types: u32,
    core_functions: u32,
    memories: u32,
    wasi_functions: BTreeMap<u32, (Interface, String)>,
    wasi_types: BTreeSet<u32>,
    /// The core functions that functions of the component are lifted from.
    lifted: BTreeMap<u32, u32>,
}

pub(super) fn survey(component: &[u8], types: &Types) -> Result<Survey, CloseError> {
    let stubs = Functions::load()?;
    let mut survey = Survey::default();
    let mut counted = Counted::default();
    for (payload, _) in parts(component)? {
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import?;
                    match import.ty {
                        ComponentTypeRef::Instance(_) => {
                            if let Some(interface) = Interface::of(import.name.name)? {
                                survey.wasi.insert(counted.instances, interface);
                            }
                            counted.instances += 1;
                        }
                        ComponentTypeRef::Func(_) => counted.functions += 1,
                        ComponentTypeRef::Type(_) => counted.types += 1,
                        _ => {}
                    }
                }
            }
            Payload::ComponentTypeSection(section) => counted.types += section.count(),
            Payload::ComponentInstanceSection(section) => counted.instances += section.count(),
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    counted.alias(&mut survey, &alias?);
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    counted.canonical(&mut survey, &function?, types, &stubs)?;
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    counted.export(&mut survey, export.name.name, export.kind, export.index, types);
                }
            }
            _ => {}
        }
    }
    if survey.memory.is_none() && !survey.replaced.is_empty() {
        return Err(CloseError::Unusual("it has no memory that functions of WASI could use".to_owned()));
    }
    Ok(survey)
}

impl Counted {
    fn alias(&mut self, survey: &mut Survey, alias: &ComponentAlias<'_>) {
        match *alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let wasi = survey.wasi.get(&instance_index);
                match kind {
                    ComponentExternalKind::Func => {
                        if let Some(interface) = wasi {
                            self.wasi_functions.insert(self.functions, (interface.clone(), name.to_owned()));
                        }
                        self.functions += 1;
                    }
                    ComponentExternalKind::Type => {
                        if wasi.is_some() {
                            self.wasi_types.insert(self.types);
                        }
                        self.types += 1;
                    }
                    ComponentExternalKind::Instance => self.instances += 1,
                    _ => {}
                }
            }
            ComponentAlias::CoreInstanceExport { kind: ExternalKind::Func | ExternalKind::FuncExact, .. } => {
                self.core_functions += 1;
            }
            ComponentAlias::CoreInstanceExport { kind: ExternalKind::Memory, .. } => {
                survey.memory.get_or_insert(self.memories);
                self.memories += 1;
            }
            ComponentAlias::Outer { kind: wasmparser::ComponentOuterAliasKind::Type, .. } => self.types += 1,
            _ => {}
        }
    }

    fn canonical(
        &mut self,
        survey: &mut Survey,
        function: &CanonicalFunction,
        types: &Types,
        stubs: &Functions,
    ) -> Result<(), CloseError> {
        let early = survey.memory.is_none();
        match function {
            CanonicalFunction::Lift { core_func_index, .. } => {
                self.lifted.insert(self.functions, *core_func_index);
                self.functions += 1;
                return Ok(());
            }
            CanonicalFunction::Lower { func_index, options } => {
                if let Some((interface, name)) = self.wasi_functions.get(func_index) {
                    let ty = core_type(types, self.core_functions);
                    let realloc = options.iter().find_map(|option| match option {
                        CanonicalOption::Realloc(function) => Some(*function),
                        _ => None,
                    });
                    let answer = interface.answer(name, &ty, stubs)?;
                    survey.replaced.insert(self.core_functions, Replaced { answer, ty, early, realloc });
                }
            }
            CanonicalFunction::ResourceDrop { resource } if self.wasi_types.contains(resource) => {
                let ty = core_type(types, self.core_functions);
                let answer = Answer::Given(Stub::Preview2, DROP.to_owned());
                survey.replaced.insert(self.core_functions, Replaced { answer, ty, early, realloc: None });
            }
            _ => {}
        }
        self.core_functions += 1;
        Ok(())
    }

    fn export(&mut self, survey: &mut Survey, name: &str, kind: ComponentExternalKind, index: u32, types: &Types) {
        match kind {
            ComponentExternalKind::Func => {
                if let ("decide" | "validate", Some(core)) = (name, self.lifted.get(&index)) {
                    survey.calls.insert(index, core_type(types, *core));
                }
                self.functions += 1;
            }
            ComponentExternalKind::Type => self.types += 1,
            ComponentExternalKind::Instance => self.instances += 1,
            _ => {}
        }
    }
}

/// The type of a core function of the component.
fn core_type(types: &Types, function: u32) -> FuncType {
    types[types.as_ref().core_function_at(function)].unwrap_func().clone()
}
