//! What a version of a module may do and see that another may not.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Inspected;

/// One difference between two versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ModuleChange")]
pub struct Change {
    /// Whether the newer version may do or see more than the older: what an approver looks at first.
    pub wider: bool,
    /// What is different: `reads`, `codes`, `settings`.
    pub what: String,
    /// How, in a few words: `+ evidence`, `- confidence.missing`, `30 → 90 days`.
    pub how: String,
}

/// What differs from one version to the next, in what they import, apply to, read, return and accept.
#[must_use]
pub fn differences(from: &Inspected, to: &Inspected) -> Vec<Change> {
    let mut found = Changes(Vec::new());
    if from.kind != to.kind {
        found.add(true, "kind", format!("{} → {}", from.kind.as_str(), to.kind.as_str()));
    }
    if from.name != to.name {
        found.add(false, "name", format!("{} → {}", from.name, to.name));
    }
    if from.version != to.version {
        found.add(false, "version", format!("{} → {}", from.version, to.version));
    }
    found.set("imports", &imports(from), &imports(to));
    let operations = |module: &Inspected| {
        module.applies_to.operations.iter().map(|operation| operation.as_str().to_owned()).collect()
    };
    found.scope("operations", &operations(from), &operations(to));
    found.scope("objects", &set(&from.applies_to.objects), &set(&to.applies_to.objects));
    found.scope("changed fields", &set(&from.applies_to.fields), &set(&to.applies_to.fields));
    let parts = |module: &Inspected| module.reads.parts.names().into_iter().map(str::to_owned).collect();
    found.set("reads", &parts(from), &parts(to));
    found.set("reads values of", &set(&from.reads.fields), &set(&to.reads.fields));
    let days = (from.reads.history_days, to.reads.history_days);
    if days.0 != days.1 {
        found.add(days.1 > days.0, "reads history", format!("{} → {} days", days.0, days.1));
    }
    let codes = |module: &Inspected| module.codes.iter().map(|code| code.code.clone()).collect::<BTreeSet<_>>();
    found.listed("codes", &codes(from), &codes(to));
    found.settings(&from.settings_schema, &to.settings_schema);
    found.0
}

fn imports(module: &Inspected) -> BTreeSet<String> {
    let log = module.imports.log.then(|| "log".to_owned());
    log.into_iter().chain(module.imports.types_only.clone()).collect()
}

fn set(list: &[String]) -> BTreeSet<String> {
    list.iter().cloned().collect()
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, wider: bool, what: &str, how: String) {
        self.0.push(Change { wider, what: what.to_owned(), how });
    }

    /// Things of which more is wider.
    fn set(&mut self, what: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) {
        for added in new.difference(old) {
            self.add(true, what, format!("+ {added}"));
        }
        for removed in old.difference(new) {
            self.add(false, what, format!("- {removed}"));
        }
    }

    /// Things of which none means all.
    fn scope(&mut self, what: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) {
        match (old.is_empty(), new.is_empty()) {
            (false, true) => self.add(true, what, "some → all".to_owned()),
            (true, false) => {
                self.add(false, what, format!("all → {}", new.iter().cloned().collect::<Vec<_>>().join(", ")));
            }
            _ => self.set(what, old, new),
        }
    }

    /// Things of which neither more nor less is wider.
    fn listed(&mut self, what: &str, old: &BTreeSet<String>, new: &BTreeSet<String>) {
        for added in new.difference(old) {
            self.add(false, what, format!("+ {added}"));
        }
        for removed in old.difference(new) {
            self.add(false, what, format!("- {removed}"));
        }
    }

    /// Settings, key by key.
    fn settings(&mut self, old: &Value, new: &Value) {
        let keys = |schema: &Value| {
            let properties = schema["properties"].as_object();
            properties.map(|keys| keys.keys().cloned().collect::<BTreeSet<_>>()).unwrap_or_default()
        };
        let (before, after) = (keys(old), keys(new));
        self.listed("settings", &before, &after);
        for key in before.intersection(&after) {
            let of = |schema: &Value| {
                let mut schema = schema["properties"].get(key).cloned().unwrap_or_default();
                // Another sentence is no other setting.
                if let Some(object) = schema.as_object_mut() {
                    object.remove("description");
                }
                schema
            };
            let (before, after) = (of(old), of(new));
            if before != after {
                self.add(false, "settings", format!("{key}: {before} → {after}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{CodeMeaning, Digest, ModuleKind, Operation, Parts, Reads, Scope};
    use crate::modules::Imports;

    fn module() -> Inspected {
        Inspected {
            name: "m".into(),
            version: "1.0.0".into(),
            summary: String::new(),
            kind: ModuleKind::Policy,
            interface: "1.0.0".into(),
            imports: Imports { log: false, types_only: Vec::new() },
            digest: Digest::of(b"m"),
            bytes: 1,
            snapshot: None,
            applies_to: Scope { operations: vec![Operation::Enrich], objects: Vec::new(), fields: Vec::new() },
            reads: Reads { parts: Parts::default(), fields: vec!["email".into()], history_days: 30 },
            codes: vec![CodeMeaning { code: "m.a".into(), meaning: String::new() }],
            settings_schema: json!({ "properties": { "limit": { "type": "number", "description": "A." }, "old": {} } }),
        }
    }

    #[test]
    fn what_a_newer_version_may_see_more_is_said() {
        let mut new = module();
        new.imports.log = true;
        new.version = "1.1.0".into();
        new.applies_to.operations.clear();
        new.reads = Reads { parts: Parts { evidence: true, ..Parts::default() }, fields: vec![], history_days: 90 };
        new.codes[0].code = "m.b".into();
        new.settings_schema =
            json!({ "properties": { "limit": { "type": "integer", "description": "B." }, "new": {} } });
        let said: Vec<String> = differences(&module(), &new)
            .iter()
            .map(|change| format!("{}{}: {}", if change.wider { "! " } else { "" }, change.what, change.how))
            .collect();
        assert_eq!(
            said,
            [
                "version: 1.0.0 → 1.1.0",
                "! imports: + log",
                "! operations: some → all",
                "! reads: + evidence",
                "reads values of: - email",
                "! reads history: 30 → 90 days",
                "codes: + m.b",
                "codes: - m.a",
                "settings: + new",
                "settings: - old",
                "settings: limit: {\"type\":\"number\"} → {\"type\":\"integer\"}",
            ]
        );
        assert!(differences(&module(), &module()).is_empty());
    }
}
