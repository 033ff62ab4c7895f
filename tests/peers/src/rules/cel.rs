//! CEL by cel.

use std::sync::Arc;

use cel::objects::Key;
use cel::{Context, Env, Program, Value, extensions};
use countersign::model::{Facts, Outcome, Suggestion};

use super::document::document;
use crate::Peer;
use crate::examples::Example;
use crate::native::named;

pub struct Cel {
    program: Program,
    contexts: Vec<Context<'static, 'static>>,
    outcome: Key,
}

impl Cel {
    pub fn new(rule: &Example, given: &[(&Suggestion, &Facts<'_>)]) -> Self {
        let mut env = Env::stdlib();
        for add in [extensions::lists, extensions::math, extensions::strings] {
            add(&mut env).unwrap();
        }
        let program = env.compile(rule.settings["source"].as_str().unwrap()).unwrap();
        let env = Arc::new(env);
        let contexts = given.iter().map(|(suggestion, facts)| {
            let document = document(suggestion, facts);
            let mut context = Context::with_env(Arc::clone(&env));
            for name in ["suggestion", "facts", "findings"] {
                context.add_variable(name, &document[name]).unwrap();
            }
            context.add_variable("data", &rule.settings["data"]).unwrap();
            context
        });
        Self { contexts: contexts.collect(), program, outcome: "outcome".into() }
    }
}

impl Peer for Cel {
    fn outcome(&mut self, input: usize) -> Outcome {
        let Value::List(objections) = self.program.execute(&self.contexts[input]).unwrap() else {
            panic!("the expression gives a list");
        };
        let outcomes = objections.iter().map(|objection| {
            let Value::Map(objection) = objection else { panic!("an objection is a map") };
            let Some(Value::String(outcome)) = objection.get(&self.outcome) else { panic!("it has an outcome") };
            named(outcome)
        });
        outcomes.max().unwrap_or(Outcome::Apply)
    }
}
