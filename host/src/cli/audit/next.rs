//! `countersign audit next`.

use anstream::{print, println};
use clap::Args;
use serde_json::{Value, json};

use super::SampleArg;
use crate::audit::{AuditError, ClearDecision, Sample, findings};
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
    let known = findings(&ledger, &sample)?;
    // In turn from each stratum: whoever stops in the middle knows something of all of them.
    let strata = &sample.drawing.strata;
    let longest = strata.iter().map(|stratum| stratum.drawn.len()).max().unwrap_or_default();
    let in_turn =
        (0..longest).flat_map(|place| strata.iter().filter_map(move |one| Some((one, one.drawn.get(place)?))));
    let found = in_turn.into_iter().find(|(_, id)| !known.contains_key(*id));
    let left = sample.drawing.drawn().saturating_sub(known.len() as u64);
    let Some((stratum, id)) = found else {
        match global.format {
            Format::Json => println!("{}", json!({ "sample": sample.seq, "left": 0, "id": Value::Null })),
            Format::Text => {
                println!("All {} of event {} were audited.", count(sample.drawing.drawn(), "decision"), sample.seq);
                println!("What was found: countersign audit report --sample {}", sample.seq);
            }
        }
        return Ok(Done::No);
    };
    let Some(recorded) = ledger.decision(id)? else {
        return Err(AuditError::Missing { id: id.clone(), sample: sample.seq }.into());
    };
    if global.format == Format::Json {
        let decision: Value = match &recorded.body {
            Some(body) => serde_json::from_str(body)?,
            None => Value::Null,
        };
        println!(
            "{}",
            json!({
                "sample": sample.seq, "left": left, "id": id, "stratum": stratum.stratum,
                "seq": recorded.seq, "erased": recorded.body.is_none(), "decision": decision,
            })
        );
        return Ok(Done::Yes);
    }
    println!(
        "Event {}: {} to look at. This one is of the stratum {}.\n",
        sample.seq,
        count(left, "drawn decision"),
        plain(&stratum.stratum.join(" · "))
    );
    show(&ledger, &recorded, id)?;
    commands(&sample, args, id, recorded.body.is_none());
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
