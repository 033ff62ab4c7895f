//! Which history is replayed, as the command line says it.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;

use crate::cli::moment::Moment;
use crate::cli::open;
use crate::cli::place::{WrongUsage, for_a_folder};
use crate::ledger::Ledger;
use crate::model::{Catalogue, Digest};
use crate::replay::{Conditions, FileHistory, FileTerms, Gathered, Gathers, Labels, Replay, Selection};
use crate::reproduce::PastSets;
use crate::runtime::Deployment;

/// Which history, and which part of it.
#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryArgs {
    /// Replay suggestions of a file, one JSON object a line, instead of the ledger. Each is judged on its own, without a
    /// history of its record.
    #[arg(long, value_name = "JSONL")]
    input: Option<PathBuf>,
    /// What people know of them, one JSON object a line: {"id": …, "truth": "approve" or "reject"}.
    #[arg(long, value_name = "JSONL", requires = "input")]
    labels: Option<PathBuf>,
    /// Judge all of --input as of this time (RFC 3339) instead of each as of when it came in.
    #[arg(long, value_name = "TIME", requires = "input")]
    now: Option<Timestamp>,
    /// Not what was decided (of --input: came in) before this time (RFC 3339, or a date).
    #[arg(long, value_name = "TIME")]
    from: Option<Moment>,
    /// Only what was decided (of --input: came in) before this time (RFC 3339, or a date).
    #[arg(long, value_name = "TIME")]
    to: Option<Moment>,
    /// Only suggestions with these properties: outcome (before), field, segment, assistant, operation, object. Of several
    /// values for one, one must hold.
    #[arg(long, value_name = "KEY=VALUE,…", default_value = "", hide_default_value = true)]
    r#where: Conditions,
    /// Another catalogue of fields for the candidate than the one that decisions were made with.
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
}

/// A history that is open.
pub(in crate::cli) enum History<'a> {
    /// The deployment's ledger, and a second handle for what decisions cite.
    Ledger(Box<(Ledger, PastSets<'a>)>),
    /// A file.
    File(FileHistory, FileTerms<'a>),
}

impl HistoryArgs {
    /// Whether suggestions come from a file.
    pub(in crate::cli) fn is_file(&self) -> bool {
        self.input.is_some()
    }

    /// Refuses what a service has no part in.
    pub(super) fn not_for_a_service(&self) -> Result<(), WrongUsage> {
        for_a_folder(&[
            ("--input", self.is_file(), "it replays what it has on record"),
            ("--catalogue", self.catalogue.is_some(), "it judges by the catalogue of each decision"),
        ])
    }

    /// The part of the history that is meant.
    pub(in crate::cli) fn selection(&self) -> Selection {
        let moment = |moment: Option<Moment>| moment.map(|moment| moment.0);
        Selection { from: moment(self.from), to: moment(self.to), conditions: self.r#where.clone(), part: None }
    }

    /// The candidate's own catalogue, if it has one.
    pub(in crate::cli) fn catalogue(&self) -> anyhow::Result<Option<(Catalogue, Digest)>> {
        let Some(path) = &self.catalogue else { return Ok(None) };
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let catalogue = Catalogue::parse(&text).with_context(|| path.display().to_string())?;
        Ok(Some((catalogue, Digest::of(text.as_bytes()))))
    }

    /// Opens the history.
    pub(in crate::cli) fn open<'a>(&self, deployment: &'a Deployment) -> anyhow::Result<History<'a>> {
        let Some(path) = &self.input else {
            let ledger = open::ledger_to_read(&deployment.home)?;
            if ledger.decisions_before(u64::MAX)? == 0 {
                bail!("there is no decision on record yet: record some, or replay a file with --input");
            }
            let past = PastSets::new(open::ledger_to_read(&deployment.home)?, &deployment.sandbox);
            return Ok(History::Ledger(Box::new((ledger, past))));
        };
        let labels = match &self.labels {
            None => Labels::default(),
            Some(path) => {
                let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
                match Labels::read(BufReader::new(bytes.as_slice()), Digest::of(&bytes)) {
                    Ok(labels) => labels,
                    Err(mistakes) => bail!("{} was refused whole:\n{mistakes}", path.display()),
                }
            }
        };
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = FileHistory::open(file, labels).with_context(|| format!("cannot read {}", path.display()))?;
        let terms = FileTerms { catalogue: &deployment.catalogue, now: self.now.map(|now| now.to_string()) };
        Ok(History::File(file, terms))
    }
}

impl History<'_> {
    /// How much is to be done by one of so many shards: decisions, or lines.
    pub(in crate::cli) fn size(&self, of: u32) -> anyhow::Result<u64> {
        Ok(match self {
            Self::Ledger(both) => both.0.decisions_before(u64::MAX)? / u64::from(of.max(1)),
            Self::File(file, _) => file.lines(),
        })
    }

    /// Replays it.
    pub(in crate::cli) fn replay<G: Gathers>(
        &self,
        replay: &Replay<'_>,
        progress: impl FnMut(u64),
    ) -> anyhow::Result<Gathered<G>> {
        Ok(match self {
            Self::Ledger(both) => {
                let (ledger, past) = &**both;
                replay.ledger(ledger, past, progress)?
            }
            Self::File(file, terms) => replay.file(file, terms, progress)?,
        })
    }
}

/// One of so many shards, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    pub number: u32,
    pub of: u32,
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "write which shard of how many, from 1, such as 2/4";
        let (number, of) = text.split_once('/').ok_or(FORM)?;
        let (number, of) = (number.parse().map_err(|_| FORM)?, of.parse().map_err(|_| FORM)?);
        if (1..=of).contains(&number) { Ok(Self { number, of }) } else { Err(FORM) }
    }
}
