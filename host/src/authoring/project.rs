//! A module's folder and its `policy.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use semver::Version;
use serde::Deserialize;

use super::AuthoringError;
use crate::model::{Limits, ModuleKind};
use crate::sandbox::Shape;

/// The file that makes a folder the folder of a module.
pub(super) const MANIFEST: &str = "policy.toml";

/// A language that modules are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    Rust,
    C,
    Go,
    Javascript,
    Typescript,
    Python,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Rust, Self::C, Self::Go, Self::Javascript, Self::Typescript, Self::Python];

    /// The word as it stands in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::C => "c",
            Self::Go => "go",
            Self::Javascript => "javascript",
            Self::Typescript => "typescript",
            Self::Python => "python",
        }
    }

    /// Whether its modules bring an interpreter.
    #[must_use]
    pub fn is_scripted(self) -> bool {
        matches!(self, Self::Javascript | Self::Typescript | Self::Python)
    }
}

/// What `policy.toml` says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// The module's name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Validator or policy.
    pub kind: ModuleKind,
    /// The language, where the program knows how to build it.
    pub language: Option<Language>,
    /// How to build it, for any other language.
    pub build: Option<Custom>,
    /// An SPDX licence expression, kept in the component.
    pub license: Option<String>,
    /// Whether the module brings an interpreter of its language; known for the languages above.
    pub scripted: Option<bool>,
}

/// How to build a module of a language that the program does not know.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Custom {
    /// The command, run in the module's folder.
    pub command: Vec<String>,
    /// The core module or component that it writes, relative to the folder.
    pub output: PathBuf,
}

/// A module's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The folder.
    pub folder: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
}

impl Project {
    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// [`AuthoringError::NoProject`] or [`AuthoringError::Manifest`].
    pub fn open(folder: &Path) -> Result<Self, AuthoringError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(AuthoringError::NoProject { path: folder.to_owned() });
            }
            Err(error) => return Err(AuthoringError::File { doing: "read", path, error }),
        };
        let wrong = |message: String| AuthoringError::Manifest { path: path.clone(), message };
        let manifest: Manifest = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        check_name(&manifest.name).map_err(|error| wrong(error.to_string()))?;
        match (&manifest.language, &manifest.build) {
            (Some(_), Some(_)) => Err(wrong("give `language` or `build`, not both".to_owned())),
            (None, None) => Err(wrong("give `language`, or `build` with a command and its output".to_owned())),
            (None, Some(custom)) if custom.command.is_empty() => Err(wrong("`build.command` is empty".to_owned())),
            _ => Ok(Self { folder: folder.to_owned(), manifest }),
        }
    }

    /// The folder of what is built.
    #[must_use]
    pub fn build_folder(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// The built component.
    #[must_use]
    pub fn component(&self) -> PathBuf {
        self.build_folder().join(&self.manifest.name).with_extension("wasm")
    }

    /// The folder of the module's cases.
    #[must_use]
    pub fn cases(&self) -> PathBuf {
        self.folder.join("cases")
    }

    /// Whether the module brings an interpreter of its language.
    #[must_use]
    pub fn is_scripted(&self) -> bool {
        self.manifest.scripted.unwrap_or_else(|| self.manifest.language.is_some_and(Language::is_scripted))
    }
}

/// The shape and the limits of a module that brings an interpreter, or not.
#[must_use]
pub fn bounds(scripted: bool) -> (Shape, Limits) {
    if scripted { (Shape::SCRIPTED, Limits::SCRIPTED) } else { (Shape::ORDINARY, Limits::DEFAULT) }
}

/// Refuses what is no name of a module.
pub(super) fn check_name(name: &str) -> Result<(), AuthoringError> {
    let good = name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if good { Ok(()) } else { Err(AuthoringError::Name { name: name.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Result<Project, AuthoringError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(MANIFEST), text).unwrap();
        Project::open(folder.path())
    }

    const HEAD: &str = "name = \"no-free-mail\"\nversion = \"0.1.0\"\nkind = \"policy\"\n";

    #[test]
    fn a_manifest_names_a_language_or_a_command() {
        assert_eq!(open(&format!("{HEAD}language = \"go\"")).unwrap().manifest.language, Some(Language::Go));
        let custom = format!("{HEAD}[build]\ncommand = [\"zig\"]\noutput = \"out.wasm\"");
        assert!(!open(&custom).unwrap().is_scripted());
        for (rest, said) in [
            ("", "give `language`"),
            ("language = \"cobol\"", "line 4"),
            ("langauge = \"go\"", "langauge"),
            ("language = \"go\"\n[build]\ncommand = [\"x\"]\noutput = \"y\"", "not both"),
            ("[build]\ncommand = []\noutput = \"y\"", "empty"),
        ] {
            let error = open(&format!("{HEAD}{rest}")).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn names_are_those_that_the_host_lets_in() {
        for good in ["a", "no-free-mail", "x2"] {
            check_name(good).unwrap();
        }
        for bad in ["", "Upper", "a_b", "-a", "a-", "2x", "ä", &"x".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
