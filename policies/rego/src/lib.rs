//! Decides by a Rego rule of the deployment's own: its text stands in the set, is compiled once, and every call starts
//! from a copy of the compiled rule.

mod compile;
mod document;
mod fold;
mod harden;
mod machine;
mod plain;
mod uses;

use countersign_guest::prelude::*;
use rules::answer;
use rules::document::whole;
use rules::settings::{Declared, Settings};
use rules::uses::Uses;

use document::Values;
use machine::Machine;

/// The configured module.
pub struct Rego {
    declared: Declared,
    values: Values,
    uses: Uses,
    machine: Machine,
}

impl Module for Rego {
    const NAME: &'static str = "rego";
    const CODES: &'static [(&'static str, &'static str)] = &[];
    const NAMED_BY_SETTINGS: bool = true;
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let Settings { name, source, codes, reads, applies_to, data } = settings;
        let declared = Declared::check(name, Self::NAME, codes, reads, applies_to)?;
        let uses = uses::of(&source);
        let module = Self { declared, values: Values::default(), uses, machine: compile::compile(source, data)? };
        let (suggestion, facts, findings) = rules::sample::everything();
        // Whatever the answer is: what the engine makes ready at its first use is ready then.
        let _ = module.decide(&suggestion, &facts, &findings);
        module.machine.rest();
        rules::configured();
        Ok(module)
    }

    fn name(&self) -> String {
        self.declared.name.clone()
    }

    fn codes(&self) -> Vec<CodeMeaning> {
        self.declared.codes.clone()
    }

    fn applies_to(&self) -> Scope {
        self.declared.applies_to.clone()
    }

    fn reads(&self) -> Reads {
        self.declared.reads.clone()
    }
}

impl Policy for Rego {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, findings: &[Finding]) -> Result<Verdict, String> {
        let input = whole(&self.values, suggestion, facts, findings, self.uses);
        answer::verdict::<Values>(&self.machine.run(input)?)
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Rego);

#[cfg(test)]
mod tests;
