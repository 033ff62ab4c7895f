//! The rule as one CEL expression.

use cel::{Context, Program, Value};
use countersign::model::{Facts, Outcome, Suggestion};

use crate::Peer;
use crate::native::{as_json, named};

const RULE: &str = include_str!("../rules/rule.cel");

pub struct Cel {
    program: Program,
    contexts: Vec<Context<'static, 'static>>,
}

impl Cel {
    pub fn new(given: &[(&Suggestion, &Facts<'_>)]) -> Self {
        let contexts = given.iter().map(|(suggestion, facts)| {
            let json = as_json(suggestion, facts);
            let mut context = Context::default();
            for name in ["consents", "fields", "confidence", "evidence"] {
                context.add_variable(name, &json[name]).unwrap();
            }
            context
        });
        Self { program: Program::compile(RULE).unwrap(), contexts: contexts.collect() }
    }
}

impl Peer for Cel {
    fn outcome(&mut self, input: usize) -> Outcome {
        let Value::String(outcome) = self.program.execute(&self.contexts[input]).unwrap() else {
            panic!("the expression gives a text");
        };
        named(&outcome)
    }
}
