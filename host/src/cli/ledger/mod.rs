//! `countersign ledger`: reading, verifying, keeping, and showing others that what it says is so.

mod backup;
mod checkpoint;
mod erase;
mod expire;
mod export;
mod hold;
mod key;
mod progress;
mod prove;
mod publish;
mod rebuild;
mod restore;
mod show;
mod shown;
mod since;
mod verify;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use super::Global;
use super::by::ByArgs;
use super::exit::Done;
use super::place::{WorksOn, WrongUsage, for_a_folder};
use crate::ledger::{Cause, NoteSigner};
use crate::runtime::{Home, SigningKeyError, signing_key};
use crate::web::Reason;

#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Show the decision about a suggestion, with its explanation.
    Show(show::ShowArgs),
    /// Recompute everything that the ledger claims; exit 4 and name the first event that does not hold.
    ///
    /// With --since also that it begins with what a kept checkpoint covers. With --proof nothing but the file and the key
    /// is read: no deployment is needed. Through a service, --since with --key verifies what the service proves of its
    /// ledger; the events stay there.
    Verify(verify::VerifyArgs),
    /// Print the key that others verify checkpoints and proofs with.
    Key(key::KeyArgs),
    /// Sign the newest head of the ledger, for others to keep.
    Checkpoint(checkpoint::CheckpointArgs),
    /// Write one file that shows anybody that a decision is on record, and which version of the set made it.
    ///
    /// The file holds the personal values of the decision.
    Prove(prove::ProveArgs),
    /// Write the ledger's checkpoint, tree and entries as files that any web server can serve, or bring them up to date.
    ///
    /// Entries hold commitments in place of personal values.
    Publish(publish::PublishArgs),
    /// Destroy the personal values of one record for good, wherever they stand in the ledger.
    ///
    /// What was decided, when and by which version stays on record and provable; whom it was about does not. Copies
    /// elsewhere, such as proofs, exports and back-ups, are not reached.
    Erase(erase::EraseArgs),
    /// Destroy the values whose time is over by the rules of countersign.toml.
    Expire(expire::ExpireArgs),
    /// Keep the values of one record, or all, from being destroyed until the hold is released.
    Hold(hold::HoldArgs),
    /// End a hold.
    Release(hold::ReleaseArgs),
    /// List the holds in force.
    Holds,
    /// Drop every table of state and build it again from the events.
    Rebuild,
    /// Write events as rows for other programs: JSON lines, CSV or Parquet.
    ///
    /// One row an event: `seq`, `kind`, `at`, `actor`, `leaf`; of a decision `suggestion_id`, `outcome`, `decided_at`,
    /// `set_name`, `set_version`, `set_digest`, `system`, `object`, `operation`, `fields`, `assistant`, `confidence`, and
    /// `truth`, which is what people said last about it; `entry`, the exact text that is hashed (`leaf` is the SHA-256 of a
    /// zero byte and this text); and `body`, with the personal values put back, or nothing where they were erased. What is
    /// appended meanwhile is left out.
    Export(export::ExportArgs),
    /// Write all of the ledger into one new file, while others may write to it.
    ///
    /// The file is a ledger with all personal values, and you alone can read it. It holds nothing else of the deployment:
    /// keep also countersign.toml, catalogue.toml, the folders sets and modules, and ledger.key.
    Backup(backup::BackupArgs),
    /// Put a backup in the place of the ledger, after verifying all of it; exit 4 and name the first event that does not
    /// hold.
    ///
    /// No other process may have the ledger open. If this is interrupted, the old ledger is there or the new one.
    Restore(restore::RestoreArgs),
}

impl LedgerCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::Show(_)
            | Self::Key(_)
            | Self::Checkpoint(_)
            | Self::Prove(_)
            | Self::Erase(_)
            | Self::Expire(_)
            | Self::Hold(_)
            | Self::Release(_)
            | Self::Holds => WorksOn::Either,
            Self::Verify(args) => args.works_on(),
            Self::Publish(_) | Self::Rebuild | Self::Export(_) | Self::Backup(_) | Self::Restore(_) => WorksOn::Folder,
        }
    }
}

pub(super) use show::on_record;

/// Why something is done, and who says so.
#[derive(Debug, Args)]
struct CauseArgs {
    /// Why. It stays on record for good, so it must name nobody: the number of the request or the case.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    by: ByArgs,
}

impl CauseArgs {
    /// The cause as a ledger is told it.
    fn at<'c>(&'c self, at: &'c str) -> Cause<'c> {
        Cause { reason: &self.reason, at, actor: self.by.actor() }
    }

    /// The reason as a service is told it, which knows by itself who asks.
    fn for_a_service(&self) -> anyhow::Result<Reason> {
        self.by.not_for_a_service()?;
        Reason::try_from(self.reason.clone()).context("--reason")
    }
}

/// Who signs.
#[derive(Debug, Args)]
struct SignArgs {
    /// Sign with the key in this file, not with the deployment's own.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl SignArgs {
    fn signer(&self, home: &Home) -> Result<NoteSigner, SigningKeyError> {
        let own = home.signing_key();
        signing_key(self.key.as_deref().map_or(own.as_path(), Path::new))
    }

    /// Refuses a key of one's own where a service signs.
    fn not_for_a_service(&self) -> Result<(), WrongUsage> {
        for_a_folder(&[("--key", self.key.is_some(), "it signs with its own key")])
    }
}

pub(super) fn ledger(global: &Global, command: &LedgerCommand) -> anyhow::Result<Done> {
    match command {
        LedgerCommand::Show(args) => show::show(global, args),
        LedgerCommand::Verify(args) => verify::verify(global, args),
        LedgerCommand::Key(args) => key::key(global, args),
        LedgerCommand::Checkpoint(args) => checkpoint::checkpoint(global, args),
        LedgerCommand::Prove(args) => prove::prove(global, args),
        LedgerCommand::Publish(args) => publish::publish(global, args),
        LedgerCommand::Erase(args) => erase::erase(global, args),
        LedgerCommand::Expire(args) => expire::expire(global, args),
        LedgerCommand::Hold(args) => hold::hold(global, args),
        LedgerCommand::Release(args) => hold::release(global, args),
        LedgerCommand::Holds => hold::holds(global),
        LedgerCommand::Rebuild => rebuild::rebuild(global),
        LedgerCommand::Export(args) => export::export(global, args),
        LedgerCommand::Backup(args) => backup::backup(global, args),
        LedgerCommand::Restore(args) => restore::restore(global, args),
    }
}
