//! `countersign audit`: a part of what nobody looked at, drawn by chance and looked at.

mod next;
mod record;
mod report;
mod sample;
mod verify;

use clap::{Args, Subcommand};

use super::Global;
use super::exit::Done;
use super::place::WorksOn;
use crate::audit::{AuditError, Sample, last_sample, sample_at};
use crate::ledger::Ledger;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Draw a sample of a month's decisions that nobody can choose, and record what was drawn.
    ///
    /// What is drawn follows from the root of the ledger's tree when the month ended, so that anybody can draw it again.
    Sample(sample::SampleArgs),
    /// Draw a sample again and compare; exit 4 if it is not the one on record.
    Verify(verify::VerifyArgs),
    /// Show a drawn decision that nobody has looked at yet; exit 1 if there is none.
    Next(next::NextArgs),
    /// Record what you found about a drawn decision.
    Record(record::RecordArgs),
    /// Say how many are wrong, with intervals, by stratum, set and module version, and of all.
    Report(report::ReportArgs),
}

impl AuditCommand {
    pub(super) fn works_on(&self) -> WorksOn {
        match self {
            Self::Sample(_) | Self::Verify(_) | Self::Next(_) | Self::Record(_) | Self::Report(_) => WorksOn::Either,
        }
    }
}

/// Which sample.
#[derive(Debug, Args)]
struct SampleArg {
    /// The sample's event, as `audit sample` prints it; the newest sample if none is named.
    #[arg(long, value_name = "SEQ")]
    sample: Option<u64>,
}

impl SampleArg {
    fn read(&self, ledger: &Ledger) -> Result<Sample, AuditError> {
        self.sample.map_or_else(|| last_sample(ledger), |seq| sample_at(ledger, seq))
    }
}

pub(super) fn audit(global: &Global, command: &AuditCommand) -> anyhow::Result<Done> {
    match command {
        AuditCommand::Sample(args) => sample::sample(global, args),
        AuditCommand::Verify(args) => verify::verify(global, args),
        AuditCommand::Next(args) => next::next(global, args),
        AuditCommand::Record(args) => record::record(global, args),
        AuditCommand::Report(args) => report::report(global, args),
    }
}
