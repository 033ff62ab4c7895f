//! `countersign.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A deployment's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The name of the active set: `sets/<name>.toml`.
    pub set: String,
}

/// Why a file of the deployment cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It says something wrong; the message has line and key where there are any.
    #[error("{}: {message}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(&read(path)?)
            .map_err(|error| ConfigError::Wrong { path: path.to_owned(), message: error.to_string() })
    }
}

/// The text of a file of the deployment.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|error| ConfigError::Read { path: path.to_owned(), error })
}
