//! `countersign policy list`, `show` and `yank`.

use anstream::{print, println};
use clap::Args;
use serde_json::json;

use super::check::changed;
use super::parcel::whole_version;
use crate::cli::exit::Done;
use crate::cli::text::{count, plain, table};
use crate::cli::{Format, Global, open};
use crate::ledger::Ledger;
use crate::modules::{ArchiveError, ModuleReference};
use crate::rollout::{Act, KnownModule, ModuleArchive, Origin, Publication};

/// Which module.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArgs {
    /// The module: NAME@VERSION, where the version may be a range.
    module: String,
}

/// Which module, and why.
#[derive(Debug, Args)]
pub(in crate::cli) struct YankArgs {
    /// The module: NAME@VERSION, with the whole version.
    module: String,
    /// Why. It stays on record for good, so it must name nobody.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// Who says so: a name or an opaque id, as the ledger keeps it for good.
    #[arg(long, value_name = "NAME", default_value = open::ACTOR)]
    by: String,
}

/// The deployment's ledger; none where there is no deployment, which knows the program's modules alone.
fn ledger(global: &Global) -> anyhow::Result<Option<Ledger>> {
    let home = open::home(global);
    if home.config().exists() { Ok(Some(open::ledger_to_read(&home)?)) } else { Ok(None) }
}

fn origin(module: &KnownModule) -> &'static str {
    match module.origin {
        Origin::Embedded => "embedded",
        Origin::Published => "published",
    }
}

pub(super) fn list(global: &Global) -> anyhow::Result<Done> {
    let ledger = ledger(global)?;
    let archive = ModuleArchive::open(ledger.as_ref())?;
    if global.format == Format::Json {
        let shown = archive.all().iter().map(|module| {
            let KnownModule { name, version, digest, origin, yank, .. } = module;
            json!({ "name": name, "version": version, "digest": digest, "origin": origin, "yanked": yank })
        });
        println!("{}", json!(shown.collect::<Vec<_>>()));
        return Ok(Done::Yes);
    }
    let rows = archive.all().iter().map(|module| {
        let yanked = module.yank.as_ref().map_or_else(String::new, |yank| format!("yanked: {}", plain(&yank.reason)));
        let name = format!("{}@{}", module.name, module.version);
        vec![name, module.digest.short(), origin(module).to_owned(), yanked]
    });
    print!("{}", table(&["module", "digest", "origin", ""], 4, rows));
    Ok(Done::Yes)
}

pub(super) fn show(global: &Global, args: &ShowArgs) -> anyhow::Result<Done> {
    let ledger = ledger(global)?;
    let archive = ModuleArchive::open(ledger.as_ref())?;
    let reference: ModuleReference = args.module.parse().map_err(anyhow::Error::msg)?;
    let ModuleReference::Named { name, version: range } = &reference else {
        anyhow::bail!("{} is a file: `countersign policy inspect` shows what it is", args.module);
    };
    // A yanked one is shown too.
    let found = archive.all().iter().rfind(|module| module.name == *name && range.matches(&module.version));
    let Some(module) = found else { return Err(unknown(&archive, &reference).into()) };
    let described = archive.described(module)?;
    if global.format == Format::Json {
        let publication = module.publication.as_ref().map(
            |Publication { seq, at, by, against, .. }| json!({ "event": seq, "at": at, "by": by, "against": against }),
        );
        println!(
            "{:#}",
            json!({
                "name": module.name, "version": module.version, "digest": module.digest, "origin": module.origin,
                "publication": publication, "yanked": module.yank, "described": described,
            })
        );
        return Ok(Done::Yes);
    }
    let summary = described.as_ref().map_or_else(String::new, |described| format!(": {}", plain(&described.summary)));
    println!("{}@{}{summary}", module.name, module.version);
    println!("  digest     {}", module.digest);
    println!("  origin     {}", origin(module));
    if let Some(described) = &described {
        println!("  world      {} of countersign:policy@{}", described.kind.as_str(), described.interface);
        println!("  size       {}", count(described.bytes as u64, "byte"));
    }
    if let Some(Publication { seq, at, by, .. }) = &module.publication {
        println!("  published  by {}, event {seq}, {at}", plain(by));
    }
    if let Some(yank) = &module.yank {
        println!("  yanked     by {}, event {}, {}: {}", plain(&yank.by), yank.seq, yank.at, plain(&yank.reason));
    }
    if let Some(against) = module.publication.as_ref().and_then(|publication| publication.against.as_ref()) {
        println!("\nagainst version {}:", against.version);
        changed(&against.changes);
    }
    Ok(Done::Yes)
}

fn unknown(archive: &ModuleArchive<'_>, reference: &ModuleReference) -> ArchiveError {
    use crate::modules::Archive;
    let missing = || ArchiveError::Kept { name: reference.to_string(), message: "it is not known here".to_owned() };
    archive.find(reference).err().unwrap_or_else(missing)
}

pub(super) fn yank(global: &Global, args: &YankArgs) -> anyhow::Result<Done> {
    let (name, version) = whole_version(&args.module)?;
    let home = open::home(global);
    let deployment = open::deployment_for_few(home.clone())?;
    let at = jiff::Timestamp::now().to_string();
    let act = Act { by: &args.by, at: &at, reason: &args.reason };
    let yank = deployment.yank(&mut open::ledger(&home)?, name, &version, act)?;
    match global.format {
        Format::Json => println!("{}", json!({ "module": args.module, "yank": yank })),
        Format::Text => {
            println!(
                "{} is yanked: event {}. No new set can name it; sets that pin it go on, and",
                args.module, yank.seq
            );
            println!("what was decided with it still reproduces.");
        }
    }
    Ok(Done::Yes)
}
