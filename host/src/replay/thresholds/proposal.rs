//! A set with the recommended thresholds in it.

use std::collections::BTreeMap;

use semver::Version;
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value, value};

use super::{Curve, Point, Sweep};
use crate::replay::Dimension;

/// Where nothing can be shown to keep the promise: only full confidence passes.
const STRICTEST: f64 = 1.0;

/// Recommended thresholds.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// For everything without a threshold of its own; none if nothing can be shown to keep the promise.
    pub general: Option<Point>,
    /// By name, where one can be shown to keep it.
    pub by: Option<(Dimension, BTreeMap<String, Point>)>,
}

/// Why a set cannot be given thresholds.
#[derive(Debug, thiserror::Error)]
pub enum ProposalError {
    /// The set's file is no TOML.
    #[error(transparent)]
    Toml(#[from] toml_edit::TomlError),
    /// The module is not in the set.
    #[error("the set has no policy `{0}` whose threshold could be set; name another with --module")]
    NoModule(String),
    /// The set's version is none.
    #[error("the set's version {0:?} is no semantic version, so it cannot be raised")]
    Version(String),
    /// The entry has no place for settings.
    #[error("the settings of `{0}` are no table")]
    Settings(String),
}

/// The lowest thresholds that keep the rate of false applies below a target with confidence: by name where the evidence
/// of a name suffices, and one for all others together.
#[must_use]
pub fn propose(sweep: &Sweep, by: Option<Dimension>, target: f64) -> Proposed {
    let Some(dimension) = by else { return Proposed { general: sweep.all.recommended(target), by: None } };
    let (mut own, mut others) = (BTreeMap::new(), Curve::default());
    for (name, curve) in sweep.by.get(&dimension).into_iter().flatten() {
        match curve.recommended(target) {
            Some(point) => drop(own.insert(name.clone(), point)),
            None => others.add(curve),
        }
    }
    Proposed { general: others.recommended(target), by: Some((dimension, own)) }
}

impl Proposed {
    /// The text of a set's file with these thresholds in the settings of a policy, and with its version raised.
    /// Everything else stays as it is, comments too.
    ///
    /// # Errors
    /// See [`ProposalError`].
    pub fn write(&self, set: &str, module: &str) -> Result<String, ProposalError> {
        let mut document: DocumentMut = set.parse()?;
        raise_version(&mut document)?;
        let entry = entry(&mut document, module).ok_or_else(|| ProposalError::NoModule(module.to_owned()))?;
        if entry.get("settings").is_none() {
            entry.insert("settings", Item::Value(Value::InlineTable(InlineTable::new())));
        }
        let not_a_table = || ProposalError::Settings(module.to_owned());
        let settings = entry.get_mut("settings").and_then(Item::as_table_like_mut).ok_or_else(not_a_table)?;
        settings.insert("threshold", value(self.general.map_or(STRICTEST, |point| point.threshold)));
        if let Some((dimension, own)) = &self.by {
            let mut names = InlineTable::new();
            for (name, point) in own {
                names.insert(name, point.threshold.into());
            }
            settings.insert(&format!("{}s", dimension.as_str()), Item::Value(names.into()));
        }
        Ok(document.to_string())
    }
}

fn raise_version(document: &mut DocumentMut) -> Result<(), ProposalError> {
    let old = document.get("version").and_then(Item::as_str).unwrap_or_default().to_owned();
    let mut version: Version = old.parse().map_err(|_| ProposalError::Version(old))?;
    version.patch += 1;
    document.insert("version", value(version.to_string()));
    Ok(())
}

/// The entry of a policy: named so, or of a module with that name.
fn entry<'a>(document: &'a mut DocumentMut, module: &str) -> Option<&'a mut Table> {
    let entries = document.get_mut("policy")?.as_array_of_tables_mut()?;
    entries.iter_mut().find(|entry| {
        let text = |key| entry.get(key).and_then(Item::as_str);
        let named = text("name").or_else(|| text("module")?.split('@').next());
        named == Some(module)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::Rate;

    fn point(threshold: f64) -> Point {
        Point { threshold, automation: Rate::default(), false_applies: Rate::default() }
    }

    const SET: &str = "# ours\nname = \"x\"\nversion = \"1.0.9\"\n\n[[policy]]\nmodule = \"consent@1\"\n\n# the threshold\n[[policy]]\nmodule = \"confidence@1\"\n";

    #[test]
    fn thresholds_go_into_the_settings_and_nothing_else_changes() {
        let own = BTreeMap::from([("email".to_owned(), point(0.9)), ("a b".to_owned(), point(0.85))]);
        let proposed = Proposed { general: Some(point(0.97)), by: Some((Dimension::Field, own)) };
        let text = proposed.write(SET, "confidence").unwrap();
        let added =
            "module = \"confidence@1\"\nsettings = { threshold = 0.97, fields = { \"a b\" = 0.85, email = 0.9 } }\n";
        assert_eq!(text, SET.replace("1.0.9", "1.0.10").replace("module = \"confidence@1\"\n", added));
        let again = proposed.write(&text, "confidence").unwrap();
        assert!(again.contains("1.0.11") && again.contains(added), "{again}");
    }

    #[test]
    fn where_nothing_keeps_the_promise_only_full_confidence_passes() {
        let text = Proposed { general: None, by: None }.write(SET, "confidence").unwrap();
        assert!(text.contains("settings = { threshold = 1.0 }"), "{text}");
    }

    #[test]
    fn sets_without_the_module_are_refused() {
        let proposed = Proposed { general: None, by: None };
        assert!(matches!(proposed.write(SET, "risk-class"), Err(ProposalError::NoModule(_))));
        assert!(matches!(proposed.write("version = \"x\"", "confidence"), Err(ProposalError::Version(_))));
    }
}
