//! `countersign replay merge`.

use std::fs;

use anyhow::{Context, bail};

use super::MergeArgs;
use crate::cli::Global;
use crate::cli::exit::Done;
use crate::replay::{Report, merge as merged};

pub(super) fn merge(global: &Global, args: &MergeArgs) -> anyhow::Result<Done> {
    let outputs = args.output.open()?;
    let mut reports = Vec::new();
    for path in &args.shards {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        let report: Report =
            serde_json::from_str(&text).with_context(|| format!("{name} is no report of `replay` in JSON"))?;
        reports.push((name, report));
    }
    let report = merged(reports)?;
    if report.is_empty() {
        bail!("nothing of the history was selected");
    }
    outputs.write(global, &report)
}
