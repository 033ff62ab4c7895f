//! `countersign ledger restore`.

use std::path::{Path, PathBuf};

use anstream::println;
use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

use super::progress;
use crate::cli::exit::Done;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};
use crate::ledger::{Allowed, BackupError, CheckedBackup, Present, Restored};

/// What, and what for.
#[derive(Debug, Args)]
pub(in crate::cli) struct RestoreArgs {
    /// A file that `countersign ledger backup` made.
    file: PathBuf,
    /// Replace the ledger that is there. It is kept beside the new one, with the time in its name.
    #[arg(long)]
    replace: bool,
    /// Replace it even if the backup lacks events that it has.
    #[arg(long, requires = "replace")]
    lose_events: bool,
    /// Verify the backup, say how it stands to the ledger that is there, and change nothing.
    #[arg(long, conflicts_with = "replace")]
    dry_run: bool,
}

pub(super) fn restore(global: &Global, args: &RestoreArgs) -> anyhow::Result<Done> {
    let home = open::home(global);
    if !home.folder().is_dir() {
        bail!(
            "there is no folder {}: put the deployment's other files there first, or make a deployment with \
             `countersign init`, or name another folder with --home",
            home.folder().display()
        );
    }
    // Verifying takes long, and this can be told at once; it is looked at again later.
    if !args.replace && !args.dry_run && home.ledger().exists() {
        return Err(BackupError::Present { path: home.ledger() }.into());
    }
    let bar = progress::events()?;
    let checked = CheckedBackup::check(&args.file, &home.ledger(), &mut |done, all| progress::set(&bar, done, all));
    bar.finish_and_clear();
    let checked = checked?;
    let head = checked.report().head;
    let (before, kept) = if args.dry_run {
        (checked.present()?, None)
    } else {
        let allowed = Allowed { replace: args.replace, lose_events: args.lose_events };
        let Restored { before, kept } = checked.restore(allowed, &home.replaced_ledger(jiff::Timestamp::now()))?;
        (before, kept)
    };
    if global.format == Format::Json {
        let (lost, kind) = (lost(&before), word(&before));
        println!(
            "{}",
            json!({
                "restored": !args.dry_run, "size": head.size, "root": head.root, "before": kind, "lost": lost,
                "kept": kept,
            })
        );
        return Ok(Done::Yes);
    }
    if args.dry_run {
        println!("{} holds: {}, all verified. Nothing was changed.", args.file.display(), count(head.size, "event"));
        println!("{}", stands(&before, &home.ledger()));
    } else {
        println!("Restored {} from {}, all verified.", count(head.size, "event"), args.file.display());
    }
    if let Some(kept) = kept {
        println!(
            "The ledger that was there is kept as {}, with its values: remove it when nobody needs it.",
            kept.display()
        );
    }
    if let Present::Longer { erasures: 1.., .. } = before {
        println!("Values that were erased after the backup was made stand in it again: erase them again.");
    }
    println!("tree head: size {} root {:x}", head.size, head.root);
    Ok(Done::Yes)
}

fn word(before: &Present) -> &'static str {
    match before {
        Present::Missing => "missing",
        Present::Covered { .. } => "covered",
        Present::Longer { .. } => "longer",
        Present::Forked { .. } => "forked",
        Present::Other { .. } => "other",
        Present::Damaged { .. } => "damaged",
    }
}

/// How many events the backup lacks, as far as that can be told.
fn lost(before: &Present) -> Value {
    match before {
        Present::Missing | Present::Covered { .. } => 0.into(),
        Present::Longer { lost, .. } => (*lost).into(),
        Present::Other { head } => head.size.into(),
        Present::Forked { .. } | Present::Damaged { .. } => Value::Null,
    }
}

fn stands(before: &Present, ledger: &Path) -> String {
    let ledger = ledger.display();
    match before {
        Present::Missing => format!("There is no {ledger}."),
        Present::Covered { head } => {
            format!("{ledger} has {}, and the backup has all of them.", count(head.size, "event"))
        }
        Present::Longer { lost, .. } => {
            format!("{ledger} goes on after the backup: {} would be lost.", count(*lost, "event"))
        }
        Present::Forked { head } => format!(
            "{ledger} with its {} and the backup are one ledger with two histories: one of them was rewritten, or the ledger \
             went on after an earlier backup had been restored.",
            count(head.size, "event")
        ),
        Present::Other { head } => format!("{ledger} is another ledger, with {}.", count(head.size, "event")),
        Present::Damaged { why } => format!("What is there cannot be read: {why}."),
    }
}
