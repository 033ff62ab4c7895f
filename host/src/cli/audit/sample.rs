//! `countersign audit sample`.

use anstream::println;
use clap::{Args, ValueEnum};

use crate::audit::{Month, NotAShare, Outcomes, Share, Stratum, Terms, WrittenSample, record_sample};
use crate::cli::exit::Done;
use crate::cli::place::{Place, for_a_folder};
use crate::cli::text::{count, grouped, plain, table};
use crate::cli::{Format, Global, open};
use crate::web::WantedSample;

/// How many strata are shown.
const SHOWN: usize = 20;

/// What is drawn.
#[derive(Debug, Args)]
pub(in crate::cli) struct SampleArgs {
    /// The month, in UTC, such as 2026-10: decisions that were recorded in it. It must be over.
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// The share of each stratum that is drawn, rounded up: at least one decision of each.
    #[arg(long, value_name = "PERCENT", value_parser = rate)]
    rate: Rate,
    /// What strata differ by: a decision is in one for each combination.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "confidence,assistant", value_name = "PARTS")]
    by: Vec<By>,
    /// Draw from decisions with this outcome.
    #[arg(long, value_enum, default_value_t = Of::Apply)]
    outcome: Of,
    /// Take this for the present time (RFC 3339), to try a draw before the month is over. The ledger keeps when it really
    /// was, and `audit verify` tells if decisions of the month came after it.
    #[arg(long, value_name = "TIME")]
    now: Option<jiff::Timestamp>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    /// Bands of the lowest confidence of the changes.
    Confidence,
    /// The fields that would change, all of them together.
    Field,
    /// The assistant's vendor and model.
    Assistant,
    /// The set's name and version.
    Set,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    Apply,
    Review,
    HumanOnly,
    Reject,
    All,
}

/// A number in percent, which need not be a rate: that it is none is said when everything else is known to be in order.
type Rate = Result<Share, NotAShare>;

fn rate(text: &str) -> Result<Rate, NotAShare> {
    match text.parse() {
        Err(error @ NotAShare::Form) => Err(error),
        rate => Ok(rate),
    }
}

pub(super) fn sample(global: &Global, args: &SampleArgs) -> anyhow::Result<Done> {
    let by = args.by.iter().map(|by| match by {
        By::Confidence => crate::audit::By::Confidence,
        By::Field => crate::audit::By::Field,
        By::Assistant => crate::audit::By::Assistant,
        By::Set => crate::audit::By::Set,
    });
    let outcomes = match args.outcome {
        Of::Apply => Outcomes::Only(crate::model::Outcome::Apply),
        Of::Review => Outcomes::Only(crate::model::Outcome::Review),
        Of::HumanOnly => Outcomes::Only(crate::model::Outcome::HumanOnly),
        Of::Reject => Outcomes::Only(crate::model::Outcome::Reject),
        Of::All => Outcomes::All,
    };
    let (month, share, by) = (args.month, args.rate.clone()?, by.collect());
    let sample: WrittenSample = match global.place()? {
        Place::Folder(home) => {
            let terms = Terms::new(month, share, by, outcomes);
            let mut ledger = open::ledger(&home)?;
            let at = jiff::Timestamp::now();
            record_sample(&mut ledger, &terms, args.now.unwrap_or(at), &at.to_string(), open::ACTOR)?.into()
        }
        Place::Service(service) => {
            for_a_folder(&[("--now", args.now.is_some(), "its own clock says whether the month is over")])?;
            service.draw_sample(&WantedSample { month, rate: share.to_string(), by, outcome: outcomes })?
        }
    };
    match global.format {
        Format::Json => println!("{}", serde_json::to_string(&sample)?),
        Format::Text => show(&sample),
    }
    Ok(Done::Yes)
}

fn show(sample: &WrittenSample) {
    let WrittenSample { event: seq, drawing, .. } = sample;
    println!(
        "Drew {} of {} {} that were recorded in {}: event {seq}.\n",
        grouped(drawing.drawn()),
        count(drawing.population, "decision"),
        drawing.outcome.words(),
        drawing.month
    );
    let mut strata: Vec<&Stratum> = drawing.strata.iter().collect();
    strata.sort_by_key(|stratum| std::cmp::Reverse(stratum.population));
    let row = |stratum: &&Stratum| {
        let name = plain(&stratum.stratum.join(" · "));
        vec![name, grouped(stratum.population), grouped(stratum.drawn.len() as u64)]
    };
    let head: Vec<&str> = drawing.by.iter().map(|by| by.as_str()).collect();
    println!("{}", table(&[&head.join(" · "), "decisions", "drawn"], 1, strata.iter().take(SHOWN).map(row)));
    if strata.len() > SHOWN {
        println!("and {} more strata, smaller ones; --format json has them all.\n", strata.len() - SHOWN);
    }
    let seed = &drawing.seed;
    println!("Seed: the root {:x} over the first {}.", seed.root, count(seed.size, "event"));
    println!("It was fixed when the month ended. Anybody can draw the same again: countersign audit verify {seq}");
    println!("That it is the root which others know, a checkpoint of theirs shows that covers as many events or more:");
    println!("  countersign ledger verify --since CHECKPOINT --key KEY");
    println!("Now look at what was drawn: countersign audit next");
}
