//! How far a walk over the ledger is, where somebody looks.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over events.
pub(super) fn events() -> anyhow::Result<ProgressBar> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} events")?);
    Ok(bar)
}

/// So many of so many are done.
pub(super) fn set(bar: &ProgressBar, done: u64, all: u64) {
    bar.set_length(all);
    bar.set_position(done);
}
