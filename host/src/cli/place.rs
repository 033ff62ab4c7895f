//! Where a command finds the deployment: in a folder, or behind a service.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use clap::parser::ValueSource;

use super::{Global, open};
use crate::outbound::Address;
use crate::remote::{Secret, Service};
use crate::runtime::Home;

/// Where a token stands if no file is named.
const TOKEN: &str = "COUNTERSIGN_TOKEN";

/// The longest file that is read for a token, in bytes.
const LONGEST_FILE: u64 = 4 << 10;

/// The service that is asked, if one is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Through a service")]
pub(super) struct ServiceArgs {
    /// Ask the service at this address instead of opening a folder; its token stands in `COUNTERSIGN_TOKEN` or a file.
    #[arg(long, global = true, env = "COUNTERSIGN_SERVER", value_name = "URL")]
    server: Option<String>,
    /// The file that the token stands in, alone.
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Trust the authorities in this file (PEM) instead of the usual ones.
    #[arg(long, global = true, value_name = "FILE")]
    authorities: Option<PathBuf>,
    /// How many seconds the service may take for an answer.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 60,
        value_parser = clap::value_parser!(u16).range(1..=3600))]
    patience: u16,
}

/// What a command works on. Each says it, so that none opens a folder although a service was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WorksOn {
    /// A deployment's folder, or a service: it asks for its [`Place`].
    Either,
    /// A deployment's folder alone.
    Folder,
    /// Neither of them.
    Neither,
}

/// A command line that asks for what cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct WrongUsage(pub String);

/// Where the deployment is.
pub(super) enum Place {
    /// In a folder of this machine.
    Folder(Home),
    /// Behind a service.
    Service(Service),
}

impl ServiceArgs {
    /// Refuses a service that a command would not ask. `named` says how a service was named, if one was.
    pub(super) fn check(&self, command: &str, works_on: WorksOn, named: Option<ValueSource>) -> Result<(), WrongUsage> {
        let of_the_environment = named == Some(ValueSource::EnvVariable);
        // What is set for all commands says nothing to one that asks nobody: not even to that by which this program compiles.
        if self.server().is_none() || (works_on == WorksOn::Neither && of_the_environment) {
            let beside = [("--token-file", self.token_file.is_some()), ("--authorities", self.authorities.is_some())];
            return match beside.iter().find(|(_, given)| *given) {
                Some((option, _)) => {
                    Err(WrongUsage(format!("{option} is for a service: name one with --server, or leave it out")))
                }
                None => Ok(()),
            };
        }
        let without = if of_the_environment { "unset COUNTERSIGN_SERVER" } else { "leave out --server" };
        match works_on {
            WorksOn::Either => Ok(()),
            WorksOn::Folder => Err(WrongUsage(format!(
                "`{command}` works on a deployment's folder and not through a service (--server): run it where the folder is, \
                 and {without}"
            ))),
            WorksOn::Neither => {
                Err(WrongUsage(format!("`{command}` needs neither a deployment nor a service (--server): {without}")))
            }
        }
    }

    /// The service's address, if one is named. An empty variable names none.
    fn server(&self) -> Option<&str> {
        self.server.as_deref().filter(|server| !server.is_empty())
    }

    fn token(&self) -> anyhow::Result<Secret> {
        match &self.token_file {
            Some(file) => {
                let text = text(file).with_context(|| format!("cannot read {}", file.display()))?;
                Secret::read(&text).with_context(|| file.display().to_string())
            }
            None => match std::env::var(TOKEN) {
                Ok(text) => Secret::read(&text).context(TOKEN),
                Err(_) => Err(WrongUsage(format!(
                    "a service is asked with a token: put it into {TOKEN}, or name its file with --token-file"
                ))
                .into()),
            },
        }
    }
}

/// The beginning of a file.
fn text(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(file)?.take(LONGEST_FILE).read_to_string(&mut text)?;
    Ok(text)
}

impl Global {
    /// Where the deployment is, for a command that works on [either](WorksOn::Either).
    pub(super) fn place(&self) -> anyhow::Result<Place> {
        let Some(server) = self.service.server() else { return Ok(Place::Folder(open::home(self))) };
        let address = Address::try_from(server.to_owned()).map_err(|error| WrongUsage(error.to_string()))?;
        let patience = Duration::from_secs(self.service.patience.into());
        let token = self.service.token()?;
        Ok(Place::Service(Service::at(&address, token, self.service.authorities.as_deref(), patience)?))
    }
}

/// Refuses options that are for a deployment's folder; each with what to know about it.
pub(super) fn for_a_folder(options: &[(&str, bool, &str)]) -> Result<(), WrongUsage> {
    match options.iter().find(|(_, given, _)| *given) {
        Some((option, _, why)) => Err(not_through_a_service(option, why)),
        None => Ok(()),
    }
}

/// What is said of an option that is for a folder.
pub(super) fn not_through_a_service(option: &str, why: &str) -> WrongUsage {
    WrongUsage(format!("{option} does not work through a service (--server): {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(server: &str, token_file: Option<&str>) -> ServiceArgs {
        let server = Some(server.to_owned());
        ServiceArgs { server, token_file: token_file.map(Into::into), authorities: None, patience: 60 }
    }

    #[test]
    fn a_service_is_named_for_those_commands_alone_that_ask_one() {
        let service = args("https://example.com", None);
        for (named, word) in [(ValueSource::CommandLine, "leave out"), (ValueSource::EnvVariable, "unset")] {
            assert_eq!(service.check("x", WorksOn::Either, Some(named)), Ok(()));
            let refused = service.check("ledger rebuild", WorksOn::Folder, Some(named)).unwrap_err().to_string();
            assert!(refused.starts_with("`ledger rebuild` works on a deployment's folder"), "{refused}");
            assert!(refused.contains(word), "{refused}");
        }
        assert!(service.check("x", WorksOn::Neither, Some(ValueSource::CommandLine)).is_err());
        assert_eq!(service.check("x", WorksOn::Neither, Some(ValueSource::EnvVariable)), Ok(()));
        // An empty variable names none.
        assert_eq!(args("", None).check("x", WorksOn::Folder, Some(ValueSource::EnvVariable)), Ok(()));
        let beside = args("", Some("token")).check("x", WorksOn::Folder, None).unwrap_err().to_string();
        assert!(beside.contains("--token-file"), "{beside}");
    }
}
