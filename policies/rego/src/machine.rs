//! The two ways to run a rule.

use std::sync::{Mutex, PoisonError};

use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

use rules::place::without_values;

use crate::compile::placed;

/// A rule made ready.
pub enum Machine {
    /// Compiled: several times faster, for rules of which the compiled form says what the language says.
    Compiled(Mutex<RegoVM>),
    /// Interpreted: the engine and the path of the verdict.
    Interpreted(Mutex<Engine>, String),
}

impl Machine {
    /// The value of the rule `verdict`.
    ///
    /// # Errors
    /// It has none, or the engine stopped.
    pub fn run(&self, input: Value) -> Result<Value, String> {
        let value = match self {
            Self::Compiled(machine) => {
                let mut machine = machine.lock().unwrap_or_else(PoisonError::into_inner);
                machine.set_input(input);
                machine.execute().map_err(|error| without_values(&error.to_string()))?
            }
            Self::Interpreted(engine, verdict) => {
                let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
                engine.set_input(input);
                let value = engine.eval_rule(verdict.clone());
                for line in engine.take_prints().unwrap_or_default() {
                    countersign_guest::log(&line);
                }
                value.map_err(|error| without_values(&placed(&error)))?
            }
        };
        match value {
            Value::Undefined => Err("`verdict` is undefined".to_owned()),
            value => Ok(value),
        }
    }
    /// Lets go of what the last run was given, so that the next one need not.
    pub fn rest(&self) {
        match self {
            Self::Compiled(machine) => machine.lock().unwrap_or_else(PoisonError::into_inner).set_input(Value::Null),
            Self::Interpreted(engine, _) => {
                engine.lock().unwrap_or_else(PoisonError::into_inner).set_input(Value::Null);
            }
        }
    }
}
