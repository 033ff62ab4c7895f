//! `countersign doctor`.

mod service;

use std::process::Command;

use anstream::println;
use anstyle::AnsiColor;
use clap::Args;
use serde_json::json;

use super::exit::Done;
use super::place::Place;
use super::text::count;
use super::{Format, Global, open};
use crate::notify::Target;
use crate::pipeline::LoadedSet;
use crate::runtime::{Home, signing_key};
use crate::sandbox::ENGINE_VERSION;

/// Nothing beyond the global options.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {}

/// What was looked at, and what was found.
struct Check {
    what: &'static str,
    found: Result<String, String>,
}

pub(super) fn doctor(global: &Global, _: &DoctorArgs) -> anyhow::Result<Done> {
    let checks = match global.place()? {
        Place::Folder(home) => checks(&home),
        Place::Service(service) => service::checks(&service),
    };
    let well = checks.iter().all(|check| check.found.is_ok());
    if global.format == Format::Json {
        let list = checks.iter().map(|Check { what, found }| match found {
            Ok(found) => json!({ "check": what, "ok": true, "found": found }),
            Err(wrong) => json!({ "check": what, "ok": false, "found": wrong }),
        });
        println!("{}", json!({ "ok": well, "checks": list.collect::<Vec<_>>() }));
    } else {
        for Check { what, found } in &checks {
            let (mark, colour, text) = match found {
                Ok(text) => ("ok", AnsiColor::Green, text),
                Err(text) => ("no", AnsiColor::Red, text),
            };
            let style = colour.on_default().bold();
            println!("{style}{mark}{style:#}  {what:<13} {text}");
        }
    }
    Ok(if well { Done::Yes } else { Done::No })
}

fn checks(home: &Home) -> Vec<Check> {
    let mut checks = vec![
        Check { what: "engine", found: Ok(format!("wasmtime {ENGINE_VERSION}")) },
        Check { what: "compiler", found: compiler() },
    ];
    let deployment = match open::deployment(home.clone(), 1) {
        Ok(deployment) => deployment,
        Err(error) => {
            checks.push(Check { what: "deployment", found: Err(format!("{error:#}")) });
            return checks;
        }
    };
    checks.push(Check { what: "deployment", found: Ok(home.folder().display().to_string()) });
    checks.push(Check { what: "catalogue", found: catalogue(&deployment) });
    checks.push(Check { what: "set", found: set(&deployment) });
    checks.push(Check { what: "ledger", found: ledger(home) });
    let key = signing_key(&home.signing_key());
    checks.push(Check {
        what: "signing key",
        found: key.map(|signer| signer.verifier().to_string()).map_err(|error| error.to_string()),
    });
    checks.push(Check { what: "webhooks", found: webhooks(&deployment) });
    #[cfg(unix)]
    checks.push(Check { what: "permissions", found: permissions(home) });
    checks
}

/// The child process that compiles modules must be able to limit itself here.
fn compiler() -> Result<String, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let child = Command::new(program).arg("--version").output().map_err(|error| error.to_string())?;
    if child.status.success() { Ok("runs as a child process".to_owned()) } else { Err("cannot be started".to_owned()) }
}

fn catalogue(deployment: &crate::runtime::Deployment) -> Result<String, String> {
    match deployment.catalogue.len() {
        0 => Err("no field is listed: every field counts as high; edit catalogue.toml".to_owned()),
        fields => Ok(format!("{} ({})", count(fields as u64, "field"), deployment.catalogue_digest.short())),
    }
}

fn set(deployment: &crate::runtime::Deployment) -> Result<String, String> {
    let set = deployment.set_to_read(None).map_err(|error| error.to_string())?;
    let name = format!("{}@{} ({})", set.set_ref.name, set.set_ref.version, set.set_ref.digest.short());
    let modules = count(set.modules.len() as u64, "module");
    let loaded = LoadedSet::new(set, &deployment.sandbox);
    loaded.load_all().map_err(|(module, fault)| format!("{name}: the module `{module}` cannot be used: {fault}"))?;
    Ok(format!("{name}: {modules} can be called"))
}

fn ledger(home: &Home) -> Result<String, String> {
    let ledger = open::ledger(home).map_err(|error| format!("{error:#}"))?;
    let head = ledger.head().map_err(|error| error.to_string())?;
    Ok(format!(
        "{}, root {}; to check all of it: countersign ledger verify",
        count(head.size, "event"),
        head.root.short()
    ))
}

/// Each webhook has what it needs. Nobody is asked.
fn webhooks(deployment: &crate::runtime::Deployment) -> Result<String, String> {
    let webhooks = &deployment.config.serve.webhooks;
    for webhook in webhooks {
        Target::open(webhook, deployment.home.folder()).map_err(|error| error.to_string())?;
    }
    match webhooks.len() {
        0 => Ok("none".to_owned()),
        some => {
            Ok(format!("{} can be told; how far each came: countersign webhook list", count(some as u64, "receiver")))
        }
    }
}

/// Others must not read people's data or write what decides about it.
#[cfg(unix)]
fn permissions(home: &Home) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(home.folder()).map_err(|error| error.to_string())?.permissions().mode() & 0o777;
    if mode.trailing_zeros() >= 6 {
        return Ok("the folder is yours alone".to_owned());
    }
    Err(format!("others can read the folder (mode {mode:o}); close it: chmod 700 {}", home.folder().display()))
}
