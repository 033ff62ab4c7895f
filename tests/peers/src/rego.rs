//! The rule in Rego, by regorus: its interpreter, and its compiled form.

use std::sync::Arc;

use countersign::model::{Facts, Outcome, Suggestion};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

use crate::Peer;
use crate::native::{as_json, named};

const RULE: &str = include_str!("../rules/rule.rego");
const ENTRY: &str = "data.rule.verdict";

fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.add_policy("rule.rego".to_owned(), RULE.to_owned()).unwrap();
    engine
}

fn inputs(given: &[(&Suggestion, &Facts<'_>)]) -> Vec<Value> {
    given.iter().map(|(suggestion, facts)| as_json(suggestion, facts).into()).collect()
}

fn outcome(verdict: &Value) -> Outcome {
    named(verdict["outcome"].as_string().unwrap())
}

pub struct Interpreter {
    engine: Engine,
    inputs: Vec<Value>,
}

impl Interpreter {
    pub fn new(given: &[(&Suggestion, &Facts<'_>)]) -> Self {
        Self { engine: engine(), inputs: inputs(given) }
    }
}

impl Peer for Interpreter {
    fn outcome(&mut self, input: usize) -> Outcome {
        self.engine.set_input(self.inputs[input].clone());
        outcome(&self.engine.eval_rule(ENTRY.to_owned()).unwrap())
    }
}

pub struct Compiled {
    machine: RegoVM,
    inputs: Vec<Value>,
}

impl Compiled {
    pub fn new(given: &[(&Suggestion, &Facts<'_>)]) -> Self {
        let entry: Arc<str> = ENTRY.into();
        let compiled = engine().compile_with_entrypoint(&entry).unwrap();
        let mut machine = RegoVM::new();
        machine.load_program(Compiler::compile_from_policy(&compiled, &[ENTRY]).unwrap());
        Self { machine, inputs: inputs(given) }
    }

    /// What it says of an input that is made on the spot.
    pub fn verdict(&mut self, input: Value) -> Value {
        self.machine.set_input(input);
        self.machine.execute().unwrap()
    }
}

impl Peer for Compiled {
    fn outcome(&mut self, input: usize) -> Outcome {
        self.machine.set_input(self.inputs[input].clone());
        outcome(&self.machine.execute().unwrap())
    }
}

/// The interpreter as a host would call it in a loop: each input is made from the suggestion.
pub struct Loop(Engine);

impl Loop {
    pub fn new() -> Self {
        Self(engine())
    }

    pub fn outcome(&mut self, suggestion: &Suggestion, facts: &Facts<'_>) -> Outcome {
        self.0.set_input(as_json(suggestion, facts).into());
        outcome(&self.0.eval_rule(ENTRY.to_owned()).unwrap())
    }
}
