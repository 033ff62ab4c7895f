//! `countersign.toml`.

use std::fs;
use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Retention;
use crate::login;
use crate::notify::{self, Webhook};
use crate::rollout::Approvals;
use crate::traces::Traces;

/// A deployment's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who must agree before a set decides.
    #[serde(default)]
    pub approvals: Approvals,
    /// How long personal values are kept: the first rule that fits an event decides; what no rule fits is kept for good.
    #[serde(default)]
    pub retention: Vec<Retention>,
    /// How `countersign serve` serves.
    #[serde(default)]
    pub serve: Serve,
}

/// How a deployment is served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Serve {
    /// The address.
    pub listen: SocketAddr,
    /// How many suggestions may wait; whoever comes after them is asked to come again.
    pub waiting: NonZeroU16,
    /// How many requests, and suggestions of a batch, one token may make a second.
    pub rate: NonZeroU32,
    /// How many connections there may be at a time.
    pub connections: NonZeroU16,
    /// How many seconds the head of a request may take, and then each pause in its body.
    pub patience: NonZeroU16,
    /// When the ledger's head is signed.
    pub checkpoints: Checkpoints,
    /// Where people sign in; nowhere, if nothing is said.
    pub login: Option<login::Settings>,
    /// Where traces go; they are not made if nothing is said. Read when the service starts.
    pub traces: Option<Traces>,
    /// Who is told what was recorded.
    pub webhooks: Vec<Webhook>,
}

/// When the head of a ledger that is served is signed, and where that shows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Checkpoints {
    /// At most so many seconds after something was recorded.
    pub seconds: NonZeroU32,
    /// Or sooner, after so many events.
    pub events: NonZeroU32,
    /// A folder that is brought up to date each time as `countersign ledger publish` does it; relative to the deployment's.
    pub publish: Option<PathBuf>,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self {
            seconds: NonZeroU32::new(60).unwrap_or(NonZeroU32::MIN),
            events: NonZeroU32::new(10_000).unwrap_or(NonZeroU32::MIN),
            publish: None,
        }
    }
}

impl Default for Serve {
    fn default() -> Self {
        // Four groups wait: more would only wait longer. The rate is that of one busy assistant; the rest keeps one client
        // from taking the place of all others.
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8738)),
            waiting: NonZeroU16::new(1024).unwrap_or(NonZeroU16::MIN),
            rate: NonZeroU32::new(1_000).unwrap_or(NonZeroU32::MIN),
            connections: NonZeroU16::new(1_024).unwrap_or(NonZeroU16::MIN),
            patience: NonZeroU16::new(15).unwrap_or(NonZeroU16::MIN),
            checkpoints: Checkpoints::default(),
            login: None,
            traces: None,
            webhooks: Vec::new(),
        }
    }
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
        let mistake = config.retention.iter().find_map(Retention::mistake);
        match mistake.or_else(|| notify::mistake(&config.serve.webhooks)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_about_signing_in_is_named_with_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("countersign.toml");
        let good = "[serve.login]\nissuer = \"https://id.example.com\"\nclient-id = \"c\"\n\
            address = \"https://c.example.com\"\n\n[[serve.login.roles]]\ngroup = \"crm\"\nrole = \"reviewer\"\n";
        fs::write(&path, good).unwrap();
        assert_eq!(Config::read(&path).unwrap().serve.login.unwrap().roles.len(), 1);
        fs::write(&path, good.replace("\"reviewer\"", "\"assistant\"")).unwrap();
        let error = Config::read(&path).unwrap_err().to_string();
        assert!(error.contains("countersign.toml: ") && error.contains("line 8"), "{error}");
        assert!(error.contains("people are no assistants"), "{error}");
        fs::write(&path, good.split("[[").next().unwrap()).unwrap();
        let error = Config::read(&path).unwrap_err().to_string();
        assert!(error.contains("line 1") && error.contains("missing field `roles`"), "{error}");
    }
}
