//! `countersign audit next`.

use anstream::{print, println};
use clap::Args;

use super::SampleArg;
use crate::audit::{ClearDecision, Sample, Waiting, WrittenNext};
use crate::cli::exit::Done;
use crate::cli::text::{count, explain, plain, suggested};
use crate::cli::{Format, Global, open};
use crate::ledger::{Ledger, Recorded, RecordedDecision};
use crate::reproduce::{ReproduceError, decision_on_record};

/// Of which sample.
#[derive(Debug, Args)]
pub(in crate::cli) struct NextArgs {
    #[command(flatten)]
    sample: SampleArg,
}

pub(super) fn next(global: &Global, args: &NextArgs) -> anyhow::Result<Done> {
    let ledger = open::ledger_to_read(&open::home(global))?;
    let sample = args.sample.read(&ledger)?;
    let waiting = crate::audit::next(&ledger, &sample)?;
    if global.format == Format::Json {
        let done = if waiting.is_some() { Done::Yes } else { Done::No };
        println!("{}", serde_json::to_value(WrittenNext::new(&sample, waiting, true)?)?);
        return Ok(done);
    }
    let Some(Waiting { left, id, stratum, recorded, .. }) = waiting else {
        println!("All {} of event {} were audited.", count(sample.drawing.drawn(), "decision"), sample.seq);
        println!("What was found: countersign audit report --sample {}", sample.seq);
        return Ok(Done::No);
    };
    println!(
        "Event {}: {} to look at. This one is of the stratum {}.\n",
        sample.seq,
        count(left, "drawn decision"),
        plain(&stratum.join(" · "))
    );
    show(&ledger, &recorded, &id)?;
    commands(&sample, args, &id, recorded.body.is_none());
    Ok(Done::Yes)
}

/// The decision with what was suggested, or what is left of it.
fn show(ledger: &Ledger, recorded: &Recorded, id: &str) -> anyhow::Result<()> {
    match decision_on_record(ledger, recorded) {
        Ok(decision) => {
            print!("{}", explain(&decision, Some(recorded.seq)));
            // Opened a second time, for the rest of the body.
            if let Some(body) = &recorded.body {
                println!("\n{}", suggested(&RecordedDecision::read(body)?.suggestion).trim_end());
            }
        }
        Err(ReproduceError::Erased) => erased(ledger, id)?,
        Err(error) => return Err(anyhow::Error::new(error).context(format!("the decision about `{id}`"))),
    }
    Ok(())
}

fn erased(ledger: &Ledger, id: &str) -> anyhow::Result<()> {
    println!("{}: its values were erased", plain(id));
    if let Some(entry) = ledger.decision_entry(id)? {
        let ClearDecision { outcome, decided_at, set, suggestion, .. } = ClearDecision::read(&entry)?;
        let fields: Vec<_> = suggestion.changes.iter().map(|change| change.field.as_str()).collect();
        println!(
            "  {}, judged at {decided_at} by {}@{} · event {}",
            outcome.as_str(),
            set.name,
            set.version,
            entry.seq
        );
        println!("  {} {}", suggestion.operation.as_str(), plain(&fields.join(", ")));
    }
    println!("  Nobody can tell any more whether it was right.");
    Ok(())
}

fn commands(sample: &Sample, args: &NextArgs, id: &str, erased: bool) {
    // Where the newest sample is meant, it need not be named.
    let of = if args.sample.sample.is_some() { format!(" --sample {}", sample.seq) } else { String::new() };
    let command = |finding: &str| {
        let word = shell(id);
        // A word that begins as an option does is none behind two dashes.
        if id.starts_with('-') {
            format!("  countersign audit record{of} --finding {finding} -- {word}")
        } else {
            format!("  countersign audit record {word}{of} --finding {finding}")
        }
    };
    println!("\nRecord what you found:");
    if erased {
        println!("{}", command("unclear"));
        return;
    }
    println!("{}", command("right"));
    println!("{}", command("wrong --note \"why\""));
    println!("or `--finding unclear`, where nobody can tell.");
}

/// A word as a shell takes it.
fn shell(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_.:/@".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", plain(word).replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::shell;

    #[test]
    fn ids_are_one_word_of_a_shell() {
        assert_eq!(shell("s-1"), "s-1");
        assert_eq!(shell("it's; rm x"), "'it'\\''s; rm x'");
        assert_eq!(shell(""), "''");
    }
}
