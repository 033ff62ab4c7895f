//! `countersign policy show`.

use anstream::{print, println};
use clap::Args;
use semver::{Version, VersionReq};
use serde_json::json;

use super::check::changed;
use super::list::{ledger, origin};
use crate::cli::exit::Done;
use crate::cli::place::Place;
use crate::cli::text::{count, plain};
use crate::cli::{Format, Global};
use crate::modules::{Archive, ArchiveError, Inspected, ModuleReference};
use crate::remote::Service;
use crate::rollout::{ModuleArchive, RolloutError, Signature};
use crate::runtime::{Home, sbom};
use crate::web::{HowPublished, ListedModule};

/// Which module.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The module: NAME@VERSION, where the version may be a range.
    module: String,
    /// Print what it is made of (`CycloneDX`) instead: as it came along, or else as far as its component says so.
    #[arg(long)]
    sbom: bool,
}

/// What is shown.
enum Shown {
    /// What it is made of.
    MadeOf(String),
    /// The module, and what it says of itself if that was kept.
    Module(Box<(ListedModule, Option<Inspected>)>),
}

pub(super) fn show(global: &Global, args: &ShowArgs) -> anyhow::Result<Done> {
    let reference: ModuleReference = args.module.parse().map_err(anyhow::Error::msg)?;
    let ModuleReference::Named { name, version } = &reference else {
        anyhow::bail!("{} is a file: `countersign policy inspect` shows what it is", args.module);
    };
    let shown = match global.place()? {
        Place::Folder(home) => here(&home, &reference, (name.as_str(), version), args.sbom)?,
        Place::Service(service) => there(&service, (name.as_str(), version), args.sbom)?,
    };
    match (shown, global.format) {
        (Shown::MadeOf(text), _) => print!("{text}"),
        (Shown::Module(found), Format::Json) => println!("{:#}", as_json(&found.0, found.1.as_ref())),
        (Shown::Module(found), Format::Text) => say(&found.0, found.1.as_ref()),
    }
    Ok(Done::Yes)
}

fn here(
    home: &Home,
    reference: &ModuleReference,
    (name, range): (&str, &VersionReq),
    made_of: bool,
) -> anyhow::Result<Shown> {
    let ledger = ledger(home)?;
    let archive = ModuleArchive::open(ledger.as_ref())?;
    // A yanked one is shown too.
    let found = archive.all().iter().rfind(|module| module.name == *name && range.matches(&module.version));
    let Some(module) = found else { return Err(unknown(&archive, reference).into()) };
    if made_of {
        return Ok(Shown::MadeOf(sbom(&archive, module)?));
    }
    Ok(Shown::Module(Box::new((ListedModule::from(module), archive.described(module)?))))
}

fn there(service: &Service, (name, range): (&str, &VersionReq), made_of: bool) -> anyhow::Result<Shown> {
    let in_range = |module: &ListedModule| {
        module.name == *name && module.version.parse::<Version>().is_ok_and(|version| range.matches(&version))
    };
    let found = service.modules()?.into_iter().rfind(in_range);
    let Some(module) = found else { return Err(RolloutError::NoModule(format!("{name}@{range}")).into()) };
    if made_of {
        return Ok(Shown::MadeOf(service.sbom(&module)?));
    }
    let described = service.described(&module)?;
    Ok(Shown::Module(Box::new((module, described))))
}

fn as_json(module: &ListedModule, described: Option<&Inspected>) -> serde_json::Value {
    let ListedModule { name, version, digest, origin, publication, yank, .. } = module;
    json!({
        "name": name, "version": version, "digest": digest, "origin": origin,
        "publication": publication, "yanked": yank, "described": described,
    })
}

fn say(module: &ListedModule, described: Option<&Inspected>) {
    let named = plain(&format!("{}@{}", module.name, module.version));
    let summary = described.map_or_else(String::new, |described| format!(": {}", plain(&described.summary)));
    println!("{named}{summary}");
    println!("  digest     {}", module.digest);
    println!("  origin     {}", origin(module.origin));
    if let Some(described) = described {
        println!("  world      {} of countersign:policy@{}", described.kind.as_str(), plain(&described.interface));
        println!("  size       {}", count(described.bytes as u64, "byte"));
    }
    if let Some(HowPublished { event, at, by, signatures, sbom, .. }) = &module.publication {
        println!("  published  by {}, event {event}, {}", plain(by), plain(at));
        for Signature { name, key, .. } in signatures {
            println!("  signed     by {} (key {})", plain(name), plain(key));
        }
        if sbom.is_some() {
            println!("  made of    what came along: --sbom prints it");
        }
    }
    if let Some(yank) = &module.yank {
        println!(
            "  yanked     by {}, event {}, {}: {}",
            plain(&yank.by),
            yank.seq,
            plain(&yank.at),
            plain(&yank.reason)
        );
    }
    if let Some(against) = module.publication.as_ref().and_then(|publication| publication.against.as_ref()) {
        println!("\nagainst version {}:", plain(&against.version));
        changed(&against.changes);
    }
}

fn unknown(archive: &ModuleArchive<'_>, reference: &ModuleReference) -> ArchiveError {
    let missing = || ArchiveError::Kept { name: reference.to_string(), message: "it is not known here".to_owned() };
    archive.find(reference).err().unwrap_or_else(missing)
}
