//! The example rules in Rego, Cedar and CEL, as a set gives them to their modules.

use std::fs;
use std::path::Path;

use countersign::model::{Digest, Limits};
use countersign::modules::{Archive, ReleasedModules, SetFile};
use countersign::sandbox::{Module, Sandbox, SetupRequest, Shape};

/// The languages, which are also the names of their modules.
pub const LANGUAGES: [&str; 3] = ["rego", "cedar", "cel"];

/// One rule.
pub struct Example {
    pub name: String,
    /// All settings of the module; the rule's text is `source`.
    pub settings: serde_json::Value,
}

/// The examples of a language.
pub fn of(language: &str) -> Vec<Example> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(language).join("examples/set.toml");
    let set = SetFile::parse(&fs::read_to_string(&path).unwrap(), &path).unwrap();
    set.policy
        .into_iter()
        .map(|entry| Example { name: entry.name.unwrap(), settings: serde_json::to_value(&entry.settings).unwrap() })
        .collect()
}

/// The released module of a language.
pub fn component(language: &str) -> Vec<u8> {
    ReleasedModules.find(&format!("{language}@1").parse().unwrap()).unwrap().component.into_owned()
}

/// A module with a rule, ready to be called: with its rule parsed once, or without a snapshot in every call.
pub fn load(sandbox: &Sandbox, component: &[u8], rule: &Example, snapshot: bool) -> Module {
    let settings = rule.settings.to_string();
    let request = SetupRequest { settings, shape: Shape::ORDINARY, strict: true, snapshot };
    sandbox.load(component, Digest::of(component), &request, Limits::DEFAULT).unwrap()
}
