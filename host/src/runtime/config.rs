//! `countersign.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Retention;

/// A deployment's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The name of the active set: `sets/<name>.toml`.
    pub set: String,
    /// How long personal values are kept: the first rule that fits an event decides; what no rule fits is kept for good.
    #[serde(default)]
    pub retention: Vec<Retention>,
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
        let text = read(path)?;
        let wrong = |message| ConfigError::Wrong { path: path.to_owned(), message };
        let config: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        match config.retention.iter().find_map(Retention::mistake) {
            Some((at, mistake)) => {
                let line = text.get(..at).unwrap_or_default().lines().count().max(1);
                Err(wrong(format!("line {line}: {mistake}")))
            }
            None => Ok(config),
        }
    }
}

/// The text of a file of the deployment.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|error| ConfigError::Read { path: path.to_owned(), error })
}
