//! Decides by a CEL expression of the deployment's own: its text stands in the set, is parsed once, and every call starts
//! from a copy of what was parsed.

mod compile;
mod document;
mod failure;
mod names;

use std::sync::Arc;

use countersign_guest::prelude::*;
use engine::parser::Expression;
use engine::{Env, ExecutionError, Value as CelValue};
use rules::answer;
use rules::document::{facts, findings, suggestion};
use rules::settings::{Declared, Settings};

use document::{Answers, Values};

/// The configured module.
pub struct Cel {
    declared: Declared,
    env: Arc<Env>,
    expression: Expression,
    data: CelValue,
}

impl Module for Cel {
    const NAME: &'static str = "cel";
    const CODES: &'static [(&'static str, &'static str)] = &[];
    const NAMED_BY_SETTINGS: bool = true;
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let Settings { name, source, codes, reads, applies_to, data } = settings;
        let declared = Declared::check(name, Self::NAME, codes, reads, applies_to)?;
        let env = Arc::new(compile::env()?);
        let expression = compile::compile(&env, &source)?;
        let module = Self { declared, env, expression, data: document::data(data) };
        module.try_out(&source)?;
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

impl Cel {
    /// A first run. An answer of another shape than asked for is refused now; an error may be the sample's.
    fn try_out(&self, source: &str) -> Result<(), String> {
        let (suggestion, facts, findings) = rules::sample::everything();
        match self.run(&suggestion, &facts, &findings) {
            Ok(answer) => compile::shape(&answer, source),
            Err(_) => Ok(()),
        }
    }

    fn run(&self, s: &Suggestion, f: &Facts, found: &[Finding]) -> Result<CelValue, ExecutionError> {
        let mut context = engine::Context::with_env(Arc::clone(&self.env));
        context.add_variable_as_val("suggestion", suggestion(&Values, s));
        context.add_variable_as_val("facts", facts(&Values, f));
        context.add_variable_as_val("findings", findings(&Values, found));
        context.add_variable_from_value("data", self.data.clone());
        CelValue::resolve_val(&self.expression, &context)?.as_ref().try_into()
    }
}

impl Policy for Cel {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, findings: &[Finding]) -> Result<Verdict, String> {
        let answer = self.run(suggestion, facts, findings).map_err(|error| failure::said(&error))?;
        answer::objections::<Answers>(&answer)
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Cel);

#[cfg(test)]
mod tests;
