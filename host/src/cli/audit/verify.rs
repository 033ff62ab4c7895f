//! `countersign audit verify`.

use anstream::println;
use clap::Args;
use serde_json::json;

use crate::audit::{Check, WrittenCheck, check, last_sample, sample_at};
use crate::cli::exit::Done;
use crate::cli::place::Place;
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
    let found = match global.place()? {
        Place::Folder(home) => {
            let ledger = open::ledger_to_read(&home)?;
            let sample = args.sample.map_or_else(|| last_sample(&ledger), |seq| sample_at(&ledger, seq))?;
            WrittenCheck::new(&sample, check(&ledger, &sample)?)
        }
        Place::Service(service) => service.sample_check(args.sample)?,
    };
    match global.format {
        Format::Json => println!("{}", json!(found)),
        Format::Text => show(&found),
    }
    Ok(if found.check.holds { Done::Yes } else { Done::Broken })
}

fn show(found: &WrittenCheck) {
    let WrittenCheck { event, month, outcome, seed, population, drawn, check } = found;
    let Check { holds, differences, late, early } = check;
    if differences.is_empty() {
        println!(
            "Drawn again, the sample of event {event} is the same: {} of {} {} in {month}.",
            grouped(*drawn),
            count(*population, "decision"),
            outcome.words(),
        );
    } else {
        println!("The sample of event {event} is not the one that its terms draw:");
        for difference in differences {
            println!("  {}", plain(difference));
        }
    }
    if *late > 0 {
        println!(
            "It was drawn too early: {} of the month came after it and could not be drawn. Draw again.",
            count(*late, "decision")
        );
    } else if *early {
        println!("It was drawn before the month was over, but nothing that belongs to it came after.");
    }
    println!("seed: size {} root {:x}", seed.size, seed.root);
    if *holds {
        println!("This takes the tree as it stands. That it holds, and begins with what others know, is shown by");
        println!("  countersign ledger verify --since CHECKPOINT --key KEY");
        println!("with a checkpoint that others hold and that covers at least as many events.");
    }
}
