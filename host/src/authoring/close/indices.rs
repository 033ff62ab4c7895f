//! The numbers that things had in a component and have in the rewritten one.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};

/// The new number of each thing of one kind; none for what is there no more.
#[derive(Default)]
pub(super) struct Numbers(Vec<Option<u32>>);

impl Numbers {
    pub(super) fn kept(&mut self, new: u32) {
        self.0.push(Some(new));
    }

    pub(super) fn left_out(&mut self) {
        self.0.push(None);
    }

    /// The number of the next thing in the old component.
    pub(super) fn next(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn get(&self, old: u32) -> Option<u32> {
        usize::try_from(old).ok().and_then(|old| self.0.get(old).copied().flatten())
    }
}

/// The numbers of everything whose numbers change. What is inside other components has its own, and keeps them.
#[derive(Default)]
pub(super) struct Indices {
    pub(super) types: Numbers,
    pub(super) instances: Numbers,
    pub(super) functions: Numbers,
    pub(super) components: Numbers,
    pub(super) modules: Numbers,
    pub(super) core_instances: Numbers,
    pub(super) core_functions: Numbers,
    /// How many components or types deep it is.
    depth: u32,
    /// Something was named that is there no more.
    dangling: bool,
}

impl Indices {
    /// What was translated, or none if it names something that is there no more.
    pub(super) fn whole<T>(
        &mut self,
        translate: impl FnOnce(&mut Self) -> Result<T, Error<Infallible>>,
    ) -> Result<Option<T>, Error<Infallible>> {
        self.dangling = false;
        let translated = translate(self)?;
        Ok((!self.dangling).then_some(translated))
    }

    fn translate(&mut self, outward: u32, old: u32, numbers: impl FnOnce(&Self) -> &Numbers) -> u32 {
        if outward != self.depth {
            return old;
        }
        let new = numbers(self).get(old);
        self.dangling |= new.is_none();
        new.unwrap_or_default()
    }
}

impl Reencode for Indices {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(self.translate(0, function, |indices| &indices.core_functions))
    }
}

impl ReencodeComponent for Indices {
    fn component_type_index(&mut self, ty: u32) -> u32 {
        self.translate(0, ty, |indices| &indices.types)
    }

    fn component_instance_index(&mut self, instance: u32) -> u32 {
        self.translate(0, instance, |indices| &indices.instances)
    }

    fn component_func_index(&mut self, function: u32) -> u32 {
        self.translate(0, function, |indices| &indices.functions)
    }

    fn component_index(&mut self, component: u32) -> u32 {
        self.translate(0, component, |indices| &indices.components)
    }

    fn module_index(&mut self, module: u32) -> u32 {
        self.translate(0, module, |indices| &indices.modules)
    }

    fn instance_index(&mut self, instance: u32) -> u32 {
        self.translate(0, instance, |indices| &indices.core_instances)
    }

    fn outer_component_type_index(&mut self, count: u32, ty: u32) -> u32 {
        self.translate(count, ty, |indices| &indices.types)
    }

    fn outer_component_index(&mut self, count: u32, component: u32) -> u32 {
        self.translate(count, component, |indices| &indices.components)
    }

    fn outer_module_index(&mut self, count: u32, module: u32) -> u32 {
        self.translate(count, module, |indices| &indices.modules)
    }

    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }
}
