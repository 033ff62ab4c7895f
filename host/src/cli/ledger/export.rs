//! `countersign ledger export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::println;
use anyhow::{anyhow, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::exit::Done;
use crate::cli::moment::Moment;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};
use crate::ledger::{Export, ExportError, ExportFormat, Exported, Readers, replace_file_with};

/// What, how, and where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// How rows are written; if not given, as the name of --out ends, else jsonl.
    ///
    /// In CSV, a text that begins with = + - @, a tab or a line break gets a ' in front, so that no spreadsheet computes
    /// what an assistant wrote; `entry` and `body` never need it.
    #[arg(long, value_name = "FORMAT", value_enum)]
    r#as: Option<As>,
    /// Write to this file, or replace it, when all of it is there; `-`, or nothing, is standard output.
    ///
    /// You alone can read the file, unless it has no values.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Not what happened before this time (RFC 3339, or a date).
    #[arg(long, value_name = "TIME")]
    from: Option<Moment>,
    /// Only what happened before this time (RFC 3339, or a date).
    #[arg(long, value_name = "TIME")]
    to: Option<Moment>,
    /// No personal values: without the column `body`. What is left has commitments in their place.
    #[arg(long)]
    commitments_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum As {
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a line of names
    Csv,
    /// Apache Parquet
    Parquet,
}

impl As {
    fn format(self) -> ExportFormat {
        match self {
            Self::Jsonl => ExportFormat::Jsonl,
            Self::Csv => ExportFormat::Csv,
            Self::Parquet => ExportFormat::Parquet,
        }
    }

    fn by_name(file: &Path) -> Option<Self> {
        Self::from_str(file.extension()?.to_str()?, true).ok()
    }
}

pub(super) fn export(global: &Global, args: &ExportArgs) -> anyhow::Result<Done> {
    let out = args.out.as_deref().filter(|out| *out != Path::new("-"));
    let written_as = args.r#as.or_else(|| As::by_name(out?)).unwrap_or(As::Jsonl);
    let export = Export {
        format: written_as.format(),
        from: args.from.map(|from| from.0),
        to: args.to.map(|to| to.0),
        commitments_only: args.commitments_only,
    };
    let ledger = open::ledger_to_read(&open::home(global))?;
    let Some(out) = out else {
        if written_as == As::Parquet {
            bail!("Parquet is no text: name the file with --out");
        }
        ledger.export(&export, &mut BufWriter::with_capacity(1 << 16, io::stdout()))?;
        return Ok(Done::Yes);
    };
    let readers = if args.commitments_only { Readers::All } else { Readers::Owner };
    let write = |file: &mut File| {
        let mut buffer = BufWriter::with_capacity(1 << 16, file);
        let exported = ledger.export(&export, &mut buffer)?;
        buffer.flush()?;
        Ok(exported)
    };
    let exported = replace_file_with(out, readers, write).map_err(|error| match error {
        ExportError::Write(error) => anyhow!(error).context(format!("cannot write {}", out.display())),
        error @ ExportError::Ledger(_) => error.into(),
    })?;
    say(global, args, out, &exported);
    Ok(Done::Yes)
}

fn say(global: &Global, args: &ExportArgs, out: &Path, exported: &Exported) {
    let Exported { rows, head } = exported;
    if global.format == Format::Json {
        println!("{}", json!({ "out": out, "rows": rows, "size": head.size, "root": head.root }));
        return;
    }
    println!("Wrote {}: {} of the first {}.", out.display(), count(*rows, "row"), count(head.size, "event"));
    if !args.commitments_only {
        println!(
            "It holds personal values: give it only to those who may see them, and erase from it what you erase here."
        );
    }
    println!("tree head: size {} root {:x}", head.size, head.root);
}
