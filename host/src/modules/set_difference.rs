//! How one set differs from another: module by module, setting by setting, and in what its modules may do and see.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Change, Inspected, LockedModule, PolicySet, SetModule, differences};
use crate::model::{Digest, SetRef};

/// How one set differs from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetDifference {
    /// The one.
    pub from: SetRef,
    /// The other.
    pub to: SetRef,
    /// The modules that differ, in the order of the other, and then those that it has no more.
    pub modules: Vec<ModuleDifference>,
    /// Whether the modules that both have stand in another order, which is that of reasons and findings.
    pub reordered: bool,
}

/// How a module of one set differs from that of the same name in another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModuleDifference {
    /// What it is called in the sets.
    pub name: String,
    /// The version and digest in the one; nothing, if it is new.
    pub from: Option<Pinned>,
    /// The version and digest in the other; nothing, if it is gone.
    pub to: Option<Pinned>,
    /// The settings that differ; none of a module that is gone, which is said once.
    pub settings: Vec<SettingChange>,
    /// What else differs of what the set says of it: its kind, its limits, what its fault means.
    pub pinned: Vec<SettingChange>,
    /// What it may do and see that it may not in the other set, with the settings of each.
    pub capabilities: Vec<Change>,
}

/// A version of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pinned {
    /// The version.
    pub version: String,
    /// The digest of the component.
    pub digest: Digest,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SettingChange {
    /// Where it stands: keys with dots between them.
    pub key: String,
    /// What stood there.
    pub from: Option<Value>,
    /// What stands there.
    pub to: Option<Value>,
}

impl SetDifference {
    /// Compares two sets. `inspect` looks at a module with its settings.
    ///
    /// # Errors
    /// Those of `inspect`.
    pub fn between<E>(
        from: &PolicySet,
        to: &PolicySet,
        mut inspect: impl FnMut(&SetModule) -> Result<Inspected, E>,
    ) -> Result<Self, E> {
        let named =
            |set: &PolicySet| -> Vec<String> { set.modules.iter().map(|one| one.locked.name.clone()).collect() };
        let (before, after) = (named(from), named(to));
        let common = |list: &[String], other: &[String]| -> Vec<String> {
            list.iter().filter(|name| other.contains(name)).cloned().collect()
        };
        let reordered = common(&before, &after) != common(&after, &before);
        let mut modules = Vec::new();
        for new in &to.modules {
            let old = from.modules.iter().find(|old| old.locked.name == new.locked.name);
            if let Some(old) = old.filter(|old| old.locked == new.locked) {
                debug_assert_eq!(old.settings, new.settings, "the lock pins the settings");
                continue;
            }
            let capabilities = match old {
                Some(old) => differences(&inspect(old)?, &inspect(new)?),
                None => Vec::new(),
            };
            // Its version stands beside it.
            let capabilities = capabilities.into_iter().filter(|change| change.what != "version").collect();
            modules.push(ModuleDifference { capabilities, ..of_module(old, Some(new)) });
        }
        let gone = from.modules.iter().filter(|old| !after.contains(&old.locked.name));
        modules.extend(gone.map(|old| of_module(Some(old), None)));
        Ok(Self { from: from.set_ref.clone(), to: to.set_ref.clone(), modules, reordered })
    }

    /// Whether they are the same but for their names and versions.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.modules.is_empty() && !self.reordered
    }
}

fn of_module(from: Option<&SetModule>, to: Option<&SetModule>) -> ModuleDifference {
    let name = to.or(from).map_or_else(String::new, |module| module.locked.name.clone());
    let pinned = |module: &SetModule| Pinned { version: module.locked.version.clone(), digest: module.locked.digest };
    let settings = |module: Option<&SetModule>| {
        leaves(&module.and_then(|module| serde_json::from_str(&module.settings).ok()).unwrap_or(Value::Null))
    };
    let rest = |module: Option<&SetModule>| leaves(&module.map_or(Value::Null, |module| rest(&module.locked)));
    let both = from.is_some() && to.is_some();
    ModuleDifference {
        name,
        from: from.map(pinned),
        to: to.map(pinned),
        settings: if to.is_some() { changes(&settings(from), &settings(to)) } else { Vec::new() },
        pinned: if both { changes(&rest(from), &rest(to)) } else { Vec::new() },
        capabilities: Vec::new(),
    }
}

/// What a lock says of a module beside what it is and its settings.
fn rest(locked: &LockedModule) -> Value {
    let mut value = serde_json::to_value(locked).unwrap_or_default();
    if let Some(keys) = value.as_object_mut() {
        for key in ["name", "version", "digest", "settings"] {
            keys.remove(key);
        }
    }
    value
}

/// Every value that is no object, by its place.
fn leaves(value: &Value) -> BTreeMap<String, Value> {
    fn walk(at: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(keys) if !keys.is_empty() => {
                for (key, value) in keys {
                    let below = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    walk(&below, value, found);
                }
            }
            Value::Null | Value::Object(_) if at.is_empty() => {}
            value => drop(found.insert(at.to_owned(), value.clone())),
        }
    }
    let mut found = BTreeMap::new();
    walk("", value, &mut found);
    found
}

fn changes(from: &BTreeMap<String, Value>, to: &BTreeMap<String, Value>) -> Vec<SettingChange> {
    let mut keys: Vec<&String> = from.keys().chain(to.keys()).collect();
    keys.sort();
    keys.dedup();
    let differs = keys.into_iter().filter(|key| from.get(*key) != to.get(*key));
    differs
        .map(|key| SettingChange { key: key.clone(), from: from.get(key).cloned(), to: to.get(key).cloned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Limits, ModuleKind, Outcome};
    use crate::modules::Lock;

    fn module(name: &str, version: &str, settings: &str) -> SetModule {
        let locked = LockedModule {
            kind: ModuleKind::Policy,
            name: name.to_owned(),
            version: version.to_owned(),
            digest: Digest::of(format!("{name}{version}").as_bytes()),
            settings: Digest::of(settings.as_bytes()),
            on_fault: Outcome::Review,
            scripted: false,
            limits: Limits::DEFAULT,
        };
        SetModule { locked, component: Vec::new().into(), settings: settings.to_owned() }
    }

    fn set(modules: Vec<SetModule>) -> PolicySet {
        let locked = modules.iter().map(|module| module.locked.clone()).collect();
        let lock = Lock { name: "s".to_owned(), version: "1.0.0".to_owned(), modules: locked };
        PolicySet { set_ref: lock.set_ref().unwrap(), lock, modules }
    }

    fn inspected(module: &SetModule) -> Result<Inspected, serde_json::Error> {
        let mut described = crate::modules::released().next().unwrap().described()?;
        described.name.clone_from(&module.locked.name);
        described.version.clone_from(&module.locked.version);
        described.reads.history_days = if module.settings.contains("days") { 30 } else { 0 };
        Ok(described)
    }

    #[test]
    fn settings_are_compared_key_by_key_and_capabilities_with_them() {
        let before = set(vec![
            module("a", "1.0.0", r#"{"threshold":0.95,"by":{"field":{"email":0.99}}}"#),
            module("b", "1.0.0", "{}"),
            module("c", "1.0.0", r#"{"y":2}"#),
        ]);
        let mut changed = module("a", "1.1.0", r#"{"threshold":0.9,"by":{"field":{"email":0.99}},"days":30}"#);
        changed.locked.on_fault = Outcome::Reject;
        let after = set(vec![module("b", "1.0.0", "{}"), changed, module("d", "2.0.0", r#"{"x":[1]}"#)]);
        let found = SetDifference::between(&before, &after, inspected).unwrap();
        assert!(found.reordered);
        let named: Vec<_> = found
            .modules
            .iter()
            .map(|one| {
                let version = |pinned: &Option<Pinned>| pinned.as_ref().map(|pinned| pinned.version.clone());
                (one.name.as_str(), version(&one.from), version(&one.to))
            })
            .collect();
        let version = |text: &str| Some(text.to_owned());
        assert_eq!(
            named,
            [("a", version("1.0.0"), version("1.1.0")), ("d", None, version("2.0.0")), ("c", version("1.0.0"), None)]
        );
        let text = |changes: &[SettingChange]| -> Vec<String> {
            let shown = |value: &Option<Value>| value.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
            changes.iter().map(|one| format!("{} {} {}", one.key, shown(&one.from), shown(&one.to))).collect()
        };
        assert_eq!(text(&found.modules[0].settings), ["days - 30", "threshold 0.95 0.9"]);
        assert_eq!(text(&found.modules[0].pinned), ["on-fault \"review\" \"reject\""]);
        let capabilities: Vec<_> =
            found.modules[0].capabilities.iter().map(|one| (one.wider, one.what.as_str())).collect();
        assert_eq!(capabilities, [(true, "reads history")]);
        assert_eq!(text(&found.modules[1].settings), ["x - [1]"]);
        assert!(found.modules[2].settings.is_empty(), "a module that is gone is said once: {:?}", found.modules[2]);
        assert!(SetDifference::between(&before, &before, inspected).unwrap().is_empty());
    }
}
