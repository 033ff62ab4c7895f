//! One module of a set's file, and the rules' texts that stand in files beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::SetError;
use crate::model::{Limits, Outcome};

/// One module of a set's file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// `name@version`, or a file.
    pub module: String,
    /// What the module is called in this set, for modules that take their rules as text: it becomes the setting
    /// `name`, and begins the module's codes.
    pub name: Option<String>,
    /// A file beside the set whose text becomes the setting `source`: a rule in Rego, Cedar or CEL.
    pub file: Option<String>,
    /// Files beside the set by the settings that their texts become.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// What a fault of the module means; never `apply`.
    #[serde(default = "review")]
    pub on_fault: Outcome,
    /// The module's settings.
    #[serde(default)]
    pub settings: toml::Table,
    /// What one call may use.
    pub limits: Option<Limits>,
    /// Whether the module brings an interpreter of its language.
    #[serde(default)]
    pub scripted: bool,
}

fn review() -> Outcome {
    Outcome::Review
}

/// The setting that holds a rule's text.
const SOURCE: &str = "source";

impl Entry {
    /// Makes settings of the name and the files that the entry gives.
    pub(super) fn take_in(&mut self, set: &str, folder: &Path) -> Result<(), SetError> {
        if let Some(file) = &self.file
            && self.files.insert(SOURCE.to_owned(), file.clone()).is_some()
        {
            return Err(self.twice(set, SOURCE));
        }
        for (key, file) in self.files.clone() {
            let path = folder.join(file);
            let text = fs::read_to_string(&path).map_err(|error| SetError::Read { path, error })?;
            self.set(set, &key, text)?;
        }
        match self.name.clone() {
            Some(name) => self.set(set, "name", name),
            None => Ok(()),
        }
    }

    fn set(&mut self, set: &str, key: &str, text: String) -> Result<(), SetError> {
        match self.settings.insert(key.to_owned(), toml::Value::String(text)) {
            None => Ok(()),
            Some(_) => Err(self.twice(set, key)),
        }
    }

    fn twice(&self, set: &str, key: &str) -> SetError {
        let message = format!("`{key}` is given two times: by the entry and in its settings; keep one");
        SetError::Entry { set: set.to_owned(), module: self.module.clone(), message }
    }

    /// A module's words about its settings, with the file's name where a text came from a file: modules call a place
    /// in a text `source:3:14`.
    pub(super) fn with_files(&self, why: &str) -> String {
        let place = why.split_once(':').filter(|(_, rest)| rest.starts_with(|first: char| first.is_ascii_digit()));
        match place.and_then(|(key, rest)| Some((self.files.get(key)?, rest))) {
            Some((file, rest)) => format!("{file}:{rest}"),
            None => why.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str, folder: &Path) -> Result<Entry, SetError> {
        let mut entry: Entry = toml::from_str(text).unwrap();
        entry.take_in("s", folder).map(|()| entry)
    }

    #[test]
    fn the_text_of_a_file_becomes_a_setting_and_places_in_it_are_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x.rego"), "package x").unwrap();
        let text = "module = \"rego@1\"\nname = \"x\"\nfile = \"x.rego\"";
        let entry = entry(text, folder.path()).unwrap();
        assert_eq!(entry.settings["source"].as_str(), Some("package x"));
        assert_eq!(entry.settings["name"].as_str(), Some("x"));
        assert_eq!(entry.with_files("source:3:14: unknown"), "x.rego:3:14: unknown");
        assert_eq!(entry.with_files("schema:3:14: unknown"), "schema:3:14: unknown");
        assert_eq!(entry.with_files("source: empty"), "source: empty");
    }

    #[test]
    fn nothing_is_given_two_times_and_no_file_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x"), "").unwrap();
        for (text, said) in [
            ("file = \"x\"\nsettings = { source = \"y\" }", "`source` is given two times"),
            ("file = \"x\"\nfiles = { source = \"x\" }", "`source` is given two times"),
            ("name = \"x\"\nsettings = { name = \"y\" }", "`name` is given two times"),
            ("file = \"no\"", "cannot read"),
        ] {
            let error = entry(&format!("module = \"rego@1\"\n{text}"), folder.path()).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
