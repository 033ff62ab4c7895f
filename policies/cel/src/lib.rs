//! Decides by a CEL expression of the deployment's own: its text stands in the set, is parsed once, and every call starts
//! from a copy of what was parsed.

mod compile;
mod document;
mod failure;
mod names;
mod uses;

use std::sync::Arc;

use countersign_guest::prelude::*;
use engine::parser::Expression;
use engine::{Env, ExecutionError, Value as CelValue};
use rules::answer;
use rules::document::{facts, findings, suggestion};
use rules::settings::{Declared, Settings};
use rules::uses::Uses;

use document::{Answers, Owned, Values, Variables};

/// The configured module.
pub struct Cel {
    declared: Declared,
    env: Arc<Env>,
    expression: Expression,
    uses: Uses,
    data: Owned<'static>,
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
        let uses = uses::of(&expression);
        let module = Self { declared, env, expression, uses, data: document::data(data) };
        module.try_out(&source)?;
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

impl Cel {
    /// A first run. An answer of another shape than asked for is refused now; an error may be the sample's.
    fn try_out(&self, source: &str) -> Result<(), String> {
        let (suggestion, facts, findings) = rules::sample::everything();
        let run = self.run(&suggestion, &facts, &findings, |answer| compile::shape(answer, source));
        run.unwrap_or(Ok(()))
    }

    /// Evaluates the expression, and reads its value.
    fn run<R>(
        &self,
        s: &Suggestion,
        f: &Facts,
        found: &[Finding],
        read: impl FnOnce(&Owned<'_>) -> R,
    ) -> Result<R, ExecutionError> {
        let found = if self.uses.findings() { found } else { &[] };
        let variables = Variables {
            suggestion: suggestion(&Values, s, self.uses),
            facts: facts(&Values, f, self.uses),
            findings: findings(&Values, found),
            data: &*self.data,
        };
        let mut context = engine::Context::with_env(Arc::clone(&self.env));
        context.set_variable_resolver(&variables);
        let value = CelValue::resolve_val(&self.expression, &context)?.into_owned();
        Ok(read(&value))
    }
}

impl Policy for Cel {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, findings: &[Finding]) -> Result<Verdict, String> {
        let run = self.run(suggestion, facts, findings, |answer| answer::objections::<Answers<'_>>(answer));
        run.map_err(|error| failure::said(&error))?
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Cel);

#[cfg(test)]
mod tests;
