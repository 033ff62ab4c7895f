//! The configuration that docker and its relatives keep credentials in: `config.json` in their folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Credentials, RegistryError, keeper};

/// The longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// What stands in `config.json` about credentials.
#[derive(Debug, Default)]
pub struct DockerConfig {
    path: PathBuf,
    content: Content,
}

#[derive(Debug, Default, Deserialize)]
struct Content {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
    #[serde(default, rename = "credHelpers")]
    helpers: BTreeMap<String, String>,
    #[serde(default, rename = "credsStore")]
    store: Option<String>,
}

#[derive(Default, Deserialize)]
struct Entry {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    identitytoken: String,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry")
    }
}

impl DockerConfig {
    /// What stands in a folder; nothing where there is no such file.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub fn read(folder: &Path) -> Result<Self, RegistryError> {
        let path = folder.join("config.json");
        let mut text = Vec::new();
        match File::open(&path).and_then(|file| file.take(LONGEST).read_to_end(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(RegistryError::File { verb: "read", path, error }),
        }
        match serde_json::from_slice(&text) {
            Ok(content) => Ok(Self { path, content }),
            // A message of the parser could repeat a secret.
            Err(error) => {
                let why = format!("it is no docker config: line {}, column {}", error.line(), error.column());
                Err(RegistryError::Config { path, why })
            }
        }
    }

    /// The credentials for a registry's host, if there are any: by the helper of that host, else by the one for all, else those
    /// that stand in the file.
    ///
    /// # Errors
    /// If a helper fails, or what stands there is none.
    pub fn credentials(&self, host: &str) -> Result<Option<Credentials>, RegistryError> {
        if let Some(name) = self.content.helpers.get(host) {
            return keeper::ask(name, host);
        }
        if let Some(name) = self.content.store.as_deref().filter(|name| !name.is_empty())
            && let Some(kept) = keeper::ask(name, host)?
        {
            return Ok(Some(kept));
        }
        let Some((_, entry)) = self.content.auths.iter().find(|(key, _)| is_of(key, host)) else { return Ok(None) };
        let wrong = |why: String| RegistryError::Config { path: self.path.clone(), why };
        if !entry.identitytoken.is_empty() {
            let why = format!(
                "there is an identity token for {host}, which is not used here: log in with a name and a token"
            );
            return Err(wrong(why));
        }
        if entry.auth.is_empty() {
            return Ok(None);
        }
        let read = Credentials::decoded(&entry.auth);
        read.map(Some).ok_or_else(|| wrong(format!("`auth` for {host} is no name and password in base64")))
    }
}

/// Whether an entry is for a host: it may be written as an address.
fn is_of(key: &str, host: &str) -> bool {
    let bare = key.trim_start_matches("https://").trim_start_matches("http://");
    bare.split('/').next().is_some_and(|named| named.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<DockerConfig, RegistryError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), text).unwrap();
        DockerConfig::read(folder.path())
    }

    #[test]
    fn credentials_are_found_by_host_however_it_is_written() {
        // `ana:secret:word` in base64.
        for key in [
            "registry.example.com:5000",
            "https://registry.example.com:5000",
            "http://registry.example.com:5000/v2/",
            "REGISTRY.example.com:5000",
        ] {
            let text = format!(r#"{{"auths":{{"{key}":{{"auth":"YW5hOnNlY3JldDp3b3Jk"}}}},"HttpHeaders":{{}}}}"#);
            let config = config(&text).unwrap();
            let found = config.credentials("registry.example.com:5000").unwrap();
            assert!(found == Some(Credentials::new("ana", "secret:word")), "{key}");
            for other in ["registry.example.com", "example.com:5000", "registry.example.com:5000.evil.example"] {
                assert!(config.credentials(other).unwrap().is_none(), "{other}");
            }
            assert!(!format!("{config:?}").contains("YW5h"), "{config:?}");
        }
    }

    #[test]
    fn no_file_has_no_credentials_and_a_wrong_one_is_named_without_what_stands_in_it() {
        let nothing = DockerConfig::read(Path::new("nowhere")).unwrap();
        assert!(nothing.credentials("registry.example.com").unwrap().is_none());
        let error = config(r#"{"auths":{"h.example":{"auth":7,"x":"YW5hOnNlY3JldA=="}}}"#).unwrap_err().to_string();
        assert!(error.contains("config.json") && !error.contains("YW5h"), "{error}");
        for (entry, why) in [
            (r#"{"auth":"!"}"#, "no name and password"),
            (r#"{"auth":"YW5h"}"#, "no name and password"),
            (r#"{"identitytoken":"YW5h"}"#, "identity token"),
        ] {
            let config = config(&format!(r#"{{"auths":{{"h.example":{entry}}}}}"#)).unwrap();
            let error = config.credentials("h.example").unwrap_err().to_string();
            assert!(error.contains(why) && !error.contains("YW5h"), "{error}");
        }
        let empty = config(r#"{"auths":{"h.example":{}}}"#).unwrap();
        assert!(empty.credentials("h.example").unwrap().is_none(), "a helper has them");
    }

    #[test]
    fn a_helper_that_is_not_there_is_named() {
        let config = config(r#"{"credHelpers":{"h.example":"no-such"},"credsStore":"../sh"}"#).unwrap();
        let error = config.credentials("h.example").unwrap_err().to_string();
        assert!(error.contains("docker-credential-no-such"), "{error}");
        let error = config.credentials("other.example").unwrap_err().to_string();
        assert!(error.contains("no name of a helper"), "{error}");
    }
}
