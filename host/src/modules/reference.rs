//! How a set names a module.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use semver::VersionReq;

/// A module by name and version range (`confidence@1`, `confidence@1.2.0`), or by file
/// (`./confidence.wasm`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleReference {
    /// From the archive, the newest version in the range.
    Named {
        /// The name.
        name: String,
        /// The range of versions, as Cargo reads it: `1` is any 1.x.
        version: VersionReq,
    },
    /// A component's file, relative to the set's.
    File(String),
}

impl FromStr for ModuleReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if Path::new(text).extension().is_some_and(|extension| extension == "wasm") {
            return Ok(Self::File(text.to_owned()));
        }
        let Some((name, version)) = text.split_once('@') else {
            return Err(format!("`{text}` names no version; write `{text}@1`, or a file that ends in .wasm"));
        };
        let version =
            VersionReq::parse(version).map_err(|error| format!("`{text}`: the version {version:?}: {error}"))?;
        Ok(Self::Named { name: name.to_owned(), version })
    }
}

impl fmt::Display for ModuleReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named { name, version } => write!(f, "{name}@{version}"),
            Self::File(path) => f.write_str(path),
        }
    }
}
