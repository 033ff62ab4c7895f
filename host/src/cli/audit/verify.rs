//! `countersign audit verify`.

use anstream::println;
use clap::Args;
use serde_json::json;

use crate::audit::{Check, WrittenCheck, check, last_sample, sample_at};
use crate::cli::exit::Done;
use crate::cli::text::{count, grouped, plain};
use crate::cli::{Format, Global, open};

/// Which sample.
#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyArgs {
    /// The sample's event, as `audit sample` prints it; the newest sample if none is named.
    #[arg(value_name = "SEQ")]
    sample: Option<u64>,
}

pub(super) fn verify(global: &Global, args: &VerifyArgs) -> anyhow::Result<Done> {
    let ledger = open::ledger_to_read(&open::home(global))?;
    let sample = args.sample.map_or_else(|| last_sample(&ledger), |seq| sample_at(&ledger, seq))?;
    let found = check(&ledger, &sample)?;
    let (seq, drawing) = (sample.seq, &sample.drawing);
    if global.format == Format::Json {
        let done = if found.holds { Done::Yes } else { Done::Broken };
        println!("{}", json!(WrittenCheck::new(&sample, found)));
        return Ok(done);
    }
    let Check { holds, differences, late, early } = found;
    if differences.is_empty() {
        println!(
            "Drawn again, the sample of event {seq} is the same: {} of {} {} in {}.",
            grouped(drawing.drawn()),
            count(drawing.population, "decision"),
            drawing.outcome.words(),
            drawing.month
        );
    } else {
        println!("The sample of event {seq} is not the one that its terms draw:");
        for difference in &differences {
            println!("  {}", plain(difference));
        }
    }
    if late > 0 {
        println!(
            "It was drawn too early: {} of the month came after it and could not be drawn. Draw again.",
            count(late, "decision")
        );
    } else if early {
        println!("It was drawn before the month was over, but nothing that belongs to it came after.");
    }
    println!("seed: size {} root {:x}", drawing.seed.size, drawing.seed.root);
    if holds {
        println!("This takes the tree as it stands. That it holds, and begins with what others know, is shown by");
        println!("  countersign ledger verify --since CHECKPOINT --key KEY");
        println!("with a checkpoint that others hold and that covers at least as many events.");
    }
    Ok(if holds { Done::Yes } else { Done::Broken })
}
