//! An ordinary host of the same components, as the engine's documentation shows it: its default settings, the
//! binding generator's owned types, everything handed over.

use countersign::model::{Facts, Operation, Sensitivity, Suggestion, Value};
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

pub mod policy {
    wasmtime::component::bindgen!({ path: "../../wit/1.0.0", world: "policy" });
}

pub mod validator {
    wasmtime::component::bindgen!({
        path: "../../wit/1.0.0",
        world: "validator",
        with: {
            "countersign:policy/types@1.0.0": super::policy::countersign::policy::types,
            "countersign:policy/log@1.0.0": super::policy::countersign::policy::log,
        },
    });
}

pub use policy::countersign::policy::types as wit;

/// What an ordinary host keeps beside an instance.
#[derive(Default)]
pub struct State {
    log: Vec<String>,
}

impl policy::countersign::policy::log::Host for State {
    fn write(&mut self, message: String) {
        self.log.push(message);
    }
}

impl wit::Host for State {}

/// The engine with its default settings and the pooling allocator's.
pub fn pooling() -> Engine {
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(PoolingAllocationConfig::default()));
    Engine::new(&config).unwrap()
}

/// The engine with its default settings.
pub fn on_demand() -> Engine {
    Engine::new(&Config::new()).unwrap()
}

pub fn load_policy(engine: &Engine, component: &[u8]) -> policy::PolicyPre<State> {
    let mut linker = Linker::new(engine);
    policy::Policy::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state).unwrap();
    policy::PolicyPre::new(linker.instantiate_pre(&Component::new(engine, component).unwrap()).unwrap()).unwrap()
}

pub fn load_validator(engine: &Engine, component: &[u8]) -> validator::ValidatorPre<State> {
    let mut linker = Linker::new(engine);
    validator::Validator::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state).unwrap();
    validator::ValidatorPre::new(linker.instantiate_pre(&Component::new(engine, component).unwrap()).unwrap()).unwrap()
}

/// One call of a policy in a fresh instance.
pub fn fresh(pre: &policy::PolicyPre<State>, suggestion: &wit::Suggestion, facts: &wit::Facts) -> wit::Verdict {
    let mut store = Store::new(pre.engine(), State::default());
    let policy = pre.instantiate(&mut store).unwrap();
    policy.call_decide(&mut store, suggestion, facts, &[]).unwrap().unwrap()
}

/// All of a suggestion.
pub fn suggestion(from: &Suggestion) -> wit::Suggestion {
    wit::Suggestion {
        id: from.id.clone(),
        target: record(&from.target),
        operation: operation(from.operation),
        changes: from
            .changes
            .iter()
            .map(|change| wit::Change {
                field: change.field.clone(),
                prior: value(&change.prior),
                proposed: value(&change.proposed),
                confidence: change.confidence,
            })
            .collect(),
        merge_with: from.merge_with.iter().map(record).collect(),
        assistant: wit::Assistant {
            vendor: from.assistant.vendor.clone(),
            model: from.assistant.model.clone(),
            version: from.assistant.version.clone(),
        },
        confidence: from.confidence,
        evidence: from
            .evidence
            .iter()
            .map(|evidence| wit::Evidence {
                uri: evidence.uri.clone(),
                kind: evidence.kind.clone(),
                excerpt: evidence.excerpt.clone(),
                retrieved_at: evidence.retrieved_at.clone(),
                sha256: evidence.sha256.clone(),
            })
            .collect(),
        rationale: from.rationale.clone(),
    }
}

/// All that is known about it.
pub fn facts(from: &Suggestion, known: &Facts<'_>) -> wit::Facts {
    let context = &from.context;
    wit::Facts {
        now: known.now.clone(),
        fields: known
            .classes
            .iter()
            .map(|(field, class)| {
                let state = context.fields.get(*field);
                wit::FieldFact {
                    field: (*field).to_owned(),
                    value: state.map_or(wit::Value::Withheld, |state| value(&state.value)),
                    sensitivity: match class.sensitivity {
                        Sensitivity::Low => wit::Sensitivity::Low,
                        Sensitivity::Medium => wit::Sensitivity::Medium,
                        Sensitivity::High => wit::Sensitivity::High,
                    },
                    tags: class.tags.clone(),
                    verified: state.is_some_and(|state| state.verified),
                    set_by: state.and_then(|state| state.set_by.clone()),
                }
            })
            .collect(),
        consents: context
            .consents
            .iter()
            .map(|consent| wit::Consent {
                purpose: consent.purpose.clone(),
                state: consent.state.clone(),
                at: consent.at.clone(),
            })
            .collect(),
        regimes: context.regimes.clone(),
        segment: context.segment.clone(),
        history: Vec::new(),
    }
}

fn record(from: &countersign::model::RecordRef) -> wit::RecordRef {
    wit::RecordRef { system: from.system.clone(), object: from.object.clone(), id: from.id.clone() }
}

fn value(from: &Value) -> wit::Value {
    match from {
        Value::Null => wit::Value::Null,
        Value::Boolean(value) => wit::Value::Boolean(*value),
        Value::Number(text) => wit::Value::Number(text.clone()),
        Value::Text(text) => wit::Value::Text(text.clone()),
        Value::Choices(choices) => wit::Value::Choices(choices.clone()),
    }
}

fn operation(from: Operation) -> wit::Operation {
    match from {
        Operation::Append => wit::Operation::Append,
        Operation::Enrich => wit::Operation::Enrich,
        Operation::Overwrite => wit::Operation::Overwrite,
        Operation::Clear => wit::Operation::Clear,
        Operation::Merge => wit::Operation::Merge,
        Operation::Delete => wit::Operation::Delete,
        Operation::Summarize => wit::Operation::Summarize,
        Operation::Act => wit::Operation::Act,
    }
}
