//! `countersign audit next`.

use anstream::{print, println};
use anyhow::Context;
use clap::Args;

use super::SampleArg;
use crate::audit::{ClearDecision, WrittenNext};
use crate::cli::exit::Done;
use crate::cli::ledger::on_record;
use crate::cli::place::Place;
use crate::cli::text::{count, explain, plain, suggested};
use crate::cli::{Format, Global, open};
use crate::ledger::{DecisionEntry, RecordedDecision};
use crate::web::{OnRecord, Values};

/// Of which sample.
#[derive(Debug, Args)]
pub(in crate::cli) struct NextArgs {
    #[command(flatten)]
    sample: SampleArg,
}

pub(super) fn next(global: &Global, args: &NextArgs) -> anyhow::Result<Done> {
    let place = global.place()?;
    let next = match &place {
        Place::Folder(home) => {
            let ledger = open::ledger_to_read(home)?;
            let sample = args.sample.read(&ledger)?;
            WrittenNext::new(&sample, crate::audit::next(&ledger, &sample)?, true)?
        }
        Place::Service(service) => service.next_to_audit(args.sample.sample)?,
    };
    let done = if matches!(next, WrittenNext::One { .. }) { Done::Yes } else { Done::No };
    if global.format == Format::Json {
        println!("{}", serde_json::to_value(next)?);
        return Ok(done);
    }
    match next {
        WrittenNext::None { sample, drawn, .. } => {
            println!("All {} of event {sample} were audited.", count(drawn, "decision"));
            println!("What was found: countersign audit report --sample {sample}");
        }
        WrittenNext::One { sample, left, id, stratum, .. } => {
            println!(
                "Event {sample}: {} to look at. This one is of the stratum {}.\n",
                count(left, "drawn decision"),
                plain(&stratum.join(" · "))
            );
            let about = || format!("the decision about `{}`", plain(&id));
            let found = on_record(&place, &id, Format::Text).with_context(about)?;
            show(&found).with_context(about)?;
            commands(sample, args, &id, found.values == Values::Erased);
        }
    }
    Ok(done)
}

/// The decision with what was suggested, or what is left of it.
fn show(found: &OnRecord) -> anyhow::Result<()> {
    match (&found.answer, found.values) {
        (Some(answer), _) => {
            print!("{}", explain(answer.decision(), Some(found.seq)));
            // Opened a second time, for the rest of the body.
            let body = RecordedDecision::read(found.decision.get())?;
            println!("\n{}", suggested(&body.suggestion).trim_end());
        }
        (None, Values::Erased) => {
            left(found, "its values were erased")?;
            println!("  Nobody can tell any more whether it was right.");
        }
        (None, _) => left(found, "its values are not shown: the role of this token may not see them")?,
    }
    Ok(())
}

/// What stands in the clear.
fn left(found: &OnRecord, said: &str) -> anyhow::Result<()> {
    let entry = DecisionEntry { seq: found.seq, at: found.at.clone(), body: found.decision.get().to_owned() };
    let ClearDecision { id, outcome, decided_at, set, suggestion, .. } = ClearDecision::read(&entry)?;
    println!("{}: {said}", plain(&id));
    println!(
        "  {}, judged at {} by {} · event {}",
        outcome.as_str(),
        plain(&decided_at),
        plain(&format!("{}@{}", set.name, set.version)),
        found.seq
    );
    let fields: Vec<_> = suggestion.changes.iter().map(|change| change.field.as_str()).collect();
    println!("  {} {}", suggestion.operation.as_str(), plain(&fields.join(", ")));
    Ok(())
}

fn commands(sample: u64, args: &NextArgs, id: &str, erased: bool) {
    // Where the newest sample is meant, it need not be named.
    let of = if args.sample.sample.is_some() { format!(" --sample {sample}") } else { String::new() };
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
