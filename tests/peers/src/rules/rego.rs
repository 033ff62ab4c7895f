//! Rego by the interpreter of regorus.

use countersign::model::{Facts, Outcome, Suggestion};
use regorus::{Engine, Value};

use super::document::document;
use crate::Peer;
use crate::examples::Example;
use crate::native::named;

pub struct Interpreter {
    engine: Engine,
    verdict: String,
    inputs: Vec<Value>,
}

impl Interpreter {
    pub fn new(rule: &Example, given: &[(&Suggestion, &Facts<'_>)]) -> Self {
        let source = rule.settings["source"].as_str().unwrap();
        let package = source.lines().find_map(|line| line.strip_prefix("package ")).unwrap();
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(false);
        engine.add_policy("source".to_owned(), source.to_owned()).unwrap();
        let inputs = given.iter().map(|(suggestion, facts)| document(suggestion, facts).into());
        Self { engine, verdict: format!("data.{package}.verdict"), inputs: inputs.collect() }
    }
}

impl Peer for Interpreter {
    fn outcome(&mut self, input: usize) -> Outcome {
        self.engine.set_input(self.inputs[input].clone());
        named(self.engine.eval_rule(self.verdict.clone()).unwrap()["outcome"].as_string().unwrap())
    }
}
