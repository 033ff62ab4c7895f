//! Writes a component anew, with stubs in the place of WASI.

use std::collections::BTreeMap;

use wasm_encoder::reencode::{Error, ReencodeComponent, component_utils};
use wasm_encoder::{
    CanonicalOption, Component, ComponentBuilder, ComponentExportKind, ComponentTypeRef, ComponentTypeSection,
    ComponentValType, CustomSection, ExportKind, InstanceType, ModuleArg, PrimitiveValType,
};
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef as ReadTypeRef, ExternalKind, Instance, InstantiationArgKind, Payload,
};

use super::indices::Indices;
use super::stubs::{Answer, Stub};
use super::survey::{Replaced, Survey};
use super::{CloseError, glue, parts};

/// What modules log with.
const LOG: &str = "countersign:policy/log@1.0.0";

pub(super) fn rewrite(component: &[u8], survey: &Survey) -> Result<Vec<u8>, CloseError> {
    let mut rewriting = Rewriting {
        survey,
        indices: Indices::default(),
        written: ComponentBuilder::default(),
        memories: 0,
        log: None,
        shim: None,
        environment: None,
        stubs: BTreeMap::new(),
        answers: None,
        lists: BTreeMap::new(),
    };
    rewriting.open_shim()?;
    for (payload, inner) in parts(component)? {
        rewriting.part(payload, inner, component)?;
    }
    Ok(rewriting.written.finish())
}

struct Rewriting<'a> {
    survey: &'a Survey,
    indices: Indices,
    written: ComponentBuilder,
    /// How many memories there are so far.
    memories: u32,
    /// The instance of the log, if the component imports it.
    log: Option<u32>,
    /// The instances that stand in for WASI, as they come to be: the functions that are needed before there is a
    /// memory, what stubs import, the stubs, and all their functions.
    shim: Option<u32>,
    environment: Option<u32>,
    stubs: BTreeMap<Stub, u32>,
    answers: Option<u32>,
    /// The instances of functions that return lists, by what allocates memory for them.
    lists: BTreeMap<u32, u32>,
}

impl Rewriting<'_> {
    fn part(&mut self, payload: Payload<'_>, inner: &[u8], component: &[u8]) -> Result<(), CloseError> {
        match payload {
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    self.ty(&ty?)?;
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    self.import(import?)?;
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.alias(&alias?)?;
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    self.canonical(function?)?;
                }
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    self.core_instance(instance?)?;
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    self.instance(instance?)?;
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    self.export(&export?)?;
                }
            }
            Payload::CoreTypeSection(section) => {
                for ty in section {
                    let (_, encoder) = self.written.core_type(None);
                    self.indices.parse_component_core_type(encoder, ty?).map_err(unreadable)?;
                }
            }
            Payload::ModuleSection { .. } => {
                self.indices.modules.kept(self.written.core_module_raw(None, inner));
            }
            Payload::ComponentSection { parser, .. } => {
                let translated = self.indices.whole(|indices| {
                    indices.push_depth();
                    let mut copy = Component::new();
                    component_utils::parse_component(indices, &mut copy, parser, inner, component)?;
                    indices.pop_depth();
                    Ok(copy)
                });
                let copy = named(translated, "a component in it")?;
                self.indices.components.kept(self.written.component_raw(None, &copy.finish()));
            }
            // Names go by number, and the numbers are others now.
            Payload::CustomSection(section) if section.name() == "component-name" => {}
            Payload::CustomSection(section) => {
                let data = section.data().into();
                self.written.custom_section(&CustomSection { name: section.name().into(), data });
            }
            Payload::Version { .. } | Payload::End(_) => {}
            _ => return Err(CloseError::Unusual("it has a part of a kind that modules do not have".to_owned())),
        }
        Ok(())
    }

    /// Types made of types of WASI are left out with them.
    fn ty(&mut self, ty: &wasmparser::ComponentType<'_>) -> Result<(), CloseError> {
        let mut trial = ComponentTypeSection::new();
        let whole = self.indices.whole(|indices| indices.parse_component_type(trial.ty(), ty.clone()));
        if whole.map_err(unreadable)?.is_none() {
            self.indices.types.left_out();
            return Ok(());
        }
        let (new, encoder) = self.written.ty(None);
        self.indices.parse_component_type(encoder, ty.clone()).map_err(unreadable)?;
        self.indices.types.kept(new);
        Ok(())
    }

    fn import(&mut self, import: wasmparser::ComponentImport<'_>) -> Result<(), CloseError> {
        let name = import.name.name;
        if matches!(import.ty, ReadTypeRef::Instance(_))
            && self.survey.wasi.contains_key(&self.indices.instances.next())
        {
            self.indices.instances.left_out();
            return Ok(());
        }
        let ty = self.indices.whole(|indices| indices.component_type_ref(import.ty));
        let new = self.written.import(import.name, named(ty, &format!("the import `{name}`"))?);
        match import.ty {
            ReadTypeRef::Instance(_) => {
                if name == LOG {
                    self.log = Some(new);
                }
                self.indices.instances.kept(new);
            }
            ReadTypeRef::Func(_) => self.indices.functions.kept(new),
            ReadTypeRef::Type(_) => self.indices.types.kept(new),
            ReadTypeRef::Component(_) => self.indices.components.kept(new),
            ReadTypeRef::Module(_) => self.indices.modules.kept(new),
            ReadTypeRef::Value(_) => {}
        }
        Ok(())
    }

    fn alias(&mut self, alias: &ComponentAlias<'_>) -> Result<(), CloseError> {
        let translated = self.indices.whole(|indices| indices.component_alias(alias.clone())).map_err(unreadable)?;
        let new = translated.map(|alias| self.written.alias(None, alias));
        let numbers = match *alias {
            ComponentAlias::InstanceExport { kind, .. } => match kind {
                ComponentExternalKind::Func => &mut self.indices.functions,
                ComponentExternalKind::Type => &mut self.indices.types,
                ComponentExternalKind::Instance => &mut self.indices.instances,
                ComponentExternalKind::Module => &mut self.indices.modules,
                ComponentExternalKind::Component => &mut self.indices.components,
                ComponentExternalKind::Value => return Ok(()),
            },
            ComponentAlias::Outer { kind, .. } => match kind {
                ComponentOuterAliasKind::Type => &mut self.indices.types,
                ComponentOuterAliasKind::CoreModule => &mut self.indices.modules,
                ComponentOuterAliasKind::Component => &mut self.indices.components,
                ComponentOuterAliasKind::CoreType => return Ok(()),
            },
            ComponentAlias::CoreInstanceExport { kind: ExternalKind::Func | ExternalKind::FuncExact, .. } => {
                &mut self.indices.core_functions
            }
            ComponentAlias::CoreInstanceExport { kind: ExternalKind::Memory, .. } => {
                self.memories += 1;
                if self.survey.memory == Some(self.memories - 1) {
                    self.open_stubs()?;
                }
                return Ok(());
            }
            ComponentAlias::CoreInstanceExport { .. } => return Ok(()),
        };
        match new {
            Some(new) => numbers.kept(new),
            None => numbers.left_out(),
        }
        Ok(())
    }

    fn canonical(&mut self, function: CanonicalFunction) -> Result<(), CloseError> {
        let number = self.indices.core_functions.next();
        if let Some(replaced) = self.survey.replaced.get(&number)
            && !matches!(function, CanonicalFunction::Lift { .. })
        {
            let new = self.replacement(number, replaced)?;
            self.indices.core_functions.kept(new);
            return Ok(());
        }
        let mut options = |options: &[wasmparser::CanonicalOption]| {
            let translated = self.indices.whole(|indices| {
                options.iter().map(|option| indices.canonical_option(*option)).collect::<Result<Vec<_>, _>>()
            });
            named(translated, "a function")
        };
        match function {
            CanonicalFunction::Lift { core_func_index, type_index, options: given } => {
                let options = options(&given)?;
                let ty = self.indices.types.get(type_index).ok_or_else(|| dangling("a function that it exports"))?;
                let core = self.indices.core_functions.get(core_func_index);
                let mut core = core.ok_or_else(|| dangling("a function that it exports"))?;
                if let Some(ty) = self.survey.calls.get(&self.indices.functions.next()) {
                    core = self.call(core, ty)?;
                }
                self.indices.functions.kept(self.written.lift_func(None, core, ty, options));
            }
            CanonicalFunction::Lower { func_index, options: given } => {
                let options = options(&given)?;
                let function = self.indices.functions.get(func_index).ok_or_else(|| dangling("a function"))?;
                self.indices.core_functions.kept(self.written.lower_func(None, function, options));
            }
            CanonicalFunction::ResourceDrop { resource } => {
                let ty = self.resource(resource)?;
                self.indices.core_functions.kept(self.written.resource_drop(ty));
            }
            CanonicalFunction::ResourceNew { resource } => {
                let ty = self.resource(resource)?;
                self.indices.core_functions.kept(self.written.resource_new(ty));
            }
            CanonicalFunction::ResourceRep { resource } => {
                let ty = self.resource(resource)?;
                self.indices.core_functions.kept(self.written.resource_rep(ty));
            }
            _ => return Err(CloseError::Unusual("it is asynchronous or has threads, and modules have neither".into())),
        }
        Ok(())
    }

    fn resource(&self, old: u32) -> Result<u32, CloseError> {
        self.indices.types.get(old).ok_or_else(|| dangling("a resource"))
    }

    fn core_instance(&mut self, instance: Instance<'_>) -> Result<(), CloseError> {
        let indices = &mut self.indices;
        let new = match instance {
            Instance::Instantiate { module_index, args } => {
                let translated = indices.whole(|indices| {
                    let module = indices.module_index(module_index);
                    let argument = |argument: &wasmparser::InstantiationArg<'_>| match argument.kind {
                        InstantiationArgKind::Instance => indices.instance_index(argument.index),
                    };
                    let instances: Vec<_> = args.iter().map(argument).collect();
                    Ok((module, instances))
                });
                let (module, instances) = named(translated, "an instance of a module")?;
                let named = args.iter().zip(instances);
                let args: Vec<_> = named.map(|(arg, instance)| (arg.name, ModuleArg::Instance(instance))).collect();
                self.written.core_instantiate(None, module, args)
            }
            Instance::FromExports(exports) => {
                let translated = indices.whole(|indices| {
                    use wasm_encoder::reencode::Reencode as _;
                    let mut items = Vec::new();
                    for export in &exports {
                        let kind = indices.export_kind(export.kind)?;
                        items.push((export.name, kind, indices.external_index(export.kind, export.index)?));
                    }
                    Ok(items)
                });
                let items = named(translated, "an instance of functions")?;
                self.written.core_instantiate_exports(None, items)
            }
        };
        self.indices.core_instances.kept(new);
        Ok(())
    }

    fn instance(&mut self, instance: ComponentInstance<'_>) -> Result<(), CloseError> {
        let ComponentInstance::Instantiate { component_index, args } = instance else {
            return Err(CloseError::Unusual("it puts instances together from parts of others".to_owned()));
        };
        let translated = self.indices.whole(|indices| {
            let component = indices.component_index(component_index);
            let mut arguments = Vec::new();
            for arg in &args {
                let index = indices.component_external_index(arg.kind, arg.index);
                arguments.push((arg.name, ComponentExportKind::from(arg.kind), index));
            }
            Ok((component, arguments))
        });
        let (component, arguments) = named(translated, "a component in it; close each before putting them together")?;
        self.indices.instances.kept(self.written.instantiate(None, component, arguments));
        Ok(())
    }

    fn export(&mut self, export: &wasmparser::ComponentExport<'_>) -> Result<(), CloseError> {
        let what = format!("the export `{}`", export.name.name);
        let translated = self.indices.whole(|indices| {
            let index = indices.component_external_index(export.kind, export.index);
            let ty = export.ty.map(|ty| indices.component_type_ref(ty)).transpose()?;
            Ok((index, ty))
        });
        let (index, ty) = named(translated, &what)?;
        let new = self.written.export(export.name, export.kind.into(), index, ty);
        match export.kind {
            ComponentExternalKind::Func => self.indices.functions.kept(new),
            ComponentExternalKind::Type => self.indices.types.kept(new),
            ComponentExternalKind::Instance => self.indices.instances.kept(new),
            ComponentExternalKind::Module => self.indices.modules.kept(new),
            ComponentExternalKind::Component => self.indices.components.kept(new),
            ComponentExternalKind::Value => {}
        }
        Ok(())
    }

    /// What there is before everything else.
    fn open_shim(&mut self) -> Result<(), CloseError> {
        let shim = self.written.core_module(Some("closing-shim"), &glue::shim(self.survey)?);
        self.shim = Some(self.written.core_instantiate(None, shim, []));
        Ok(())
    }

    /// The stubs, as soon as there is the memory that they use.
    fn open_stubs(&mut self) -> Result<(), CloseError> {
        let memory = self.memories - 1;
        let log = match self.log {
            Some(log) => log,
            None => self.import_log(),
        };
        let write = self.written.alias_export(log, "write", ComponentExportKind::Func);
        let options = [CanonicalOption::UTF8, CanonicalOption::Memory(memory)];
        let write = self.written.lower_func(None, write, options);
        let exports = [("memory", ExportKind::Memory, memory), ("log", ExportKind::Func, write)];
        let environment = self.written.core_instantiate_exports(None, exports);
        self.environment = Some(environment);
        for stub in self.survey.stubs() {
            let module = self.written.core_module_raw(Some(stub.name()), stub.module());
            let instance = self.written.core_instantiate(None, module, [("env", ModuleArg::Instance(environment))]);
            self.stubs.insert(stub, instance);
        }
        let answers = self.written.core_module(Some("closing-answers"), &glue::answers(self.survey)?);
        let mut args = self.stub_args();
        args.extend(self.shim.map(|shim| ("shim", ModuleArg::Instance(shim))));
        self.answers = Some(self.written.core_instantiate(None, answers, args));
        Ok(())
    }

    fn import_log(&mut self) -> u32 {
        let mut ty = InstanceType::new();
        let text = ComponentValType::Primitive(PrimitiveValType::String);
        ty.ty().function().params([("message", text)]).result(None);
        ty.export("write", ComponentTypeRef::Func(0));
        let ty = self.written.type_instance(None, &ty);
        self.written.import(LOG, ComponentTypeRef::Instance(ty))
    }

    fn stub_args(&self) -> Vec<(&'static str, ModuleArg)> {
        self.stubs.iter().map(|(stub, instance)| (stub.name(), ModuleArg::Instance(*instance))).collect()
    }

    /// The core function that stands in for one of WASI.
    fn replacement(&mut self, number: u32, replaced: &Replaced) -> Result<u32, CloseError> {
        let missing = || CloseError::Unusual("its functions are not in the usual order".to_owned());
        if let (Answer::Given(Stub::Lists, name), false) = (&replaced.answer, replaced.early) {
            let realloc = replaced.realloc.and_then(|old| self.indices.core_functions.get(old)).ok_or_else(missing)?;
            let lists = self.lists(realloc);
            return Ok(self.written.core_alias_export(None, lists, name, ExportKind::Func));
        }
        let from = if replaced.early { self.shim } else { self.answers };
        let name = number.to_string();
        Ok(self.written.core_alias_export(None, from.ok_or_else(missing)?, &name, ExportKind::Func))
    }

    /// The functions that return lists in memory from this allocator. Each is a module of its own, since a snapshot
    /// can be taken only of modules that are instantiated once.
    fn lists(&mut self, realloc: u32) -> u32 {
        if let Some(lists) = self.lists.get(&realloc) {
            return *lists;
        }
        let memory = self.survey.memory.unwrap_or_default();
        let exports = [("memory", ExportKind::Memory, memory), ("realloc", ExportKind::Func, realloc)];
        let environment = self.written.core_instantiate_exports(None, exports);
        let module = self.written.core_module_raw(Some(Stub::Lists.name()), Stub::Lists.module());
        let mut args = self.stub_args();
        args.push(("env", ModuleArg::Instance(environment)));
        let instance = self.written.core_instantiate(None, module, args);
        self.lists.insert(realloc, instance);
        instance
    }

    /// A function that judges and tells the stubs so.
    fn call(&mut self, judge: u32, ty: &wasmparser::FuncType) -> Result<u32, CloseError> {
        let exports = [("call", ExportKind::Func, judge)];
        let judge = self.written.core_instantiate_exports(None, exports);
        let module = self.written.core_module(Some("closing-call"), &glue::call(self.survey, ty)?);
        let mut args = self.stub_args();
        args.push(("module", ModuleArg::Instance(judge)));
        let instance = self.written.core_instantiate(None, module, args);
        Ok(self.written.core_alias_export(None, instance, "call", ExportKind::Func))
    }
}

fn unreadable(error: Error) -> CloseError {
    match error {
        Error::ParseError(error) => error.into(),
        other => CloseError::Malformed(other.to_string()),
    }
}

/// What was translated; something that needs WASI where it cannot be replaced is named.
fn named<T>(translated: Result<Option<T>, Error>, what: &str) -> Result<T, CloseError> {
    translated.map_err(unreadable)?.ok_or_else(|| dangling(what))
}

fn dangling(what: &str) -> CloseError {
    CloseError::Unusual(format!("{what} is made with functions or types of WASI"))
}
