//! How every form begins: what was compared, whether all of it is there, and what it comes to.

use std::fmt::Write as _;

use super::words::{count, digits, fraction, grouped, length, percent, short};
use crate::replay::{Baseline, Checked, Counts, History, Report, SetName};

/// What the budget says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There is no budget.
    None,
    /// Every limit is kept.
    Kept,
    /// At least one is not.
    Exceeded,
}

/// What the budget says, and that in words.
pub(super) fn verdict(checked: &[Checked]) -> (Verdict, String) {
    let exceeded = checked.iter().filter(|one| one.exceeded).count();
    let limits = count(length(checked), "limit");
    match (checked.len(), exceeded) {
        (0, _) => (Verdict::None, "No budget was given".to_owned()),
        (_, 0) => (Verdict::Kept, format!("Budget kept ({limits})")),
        _ => (Verdict::Exceeded, format!("Budget exceeded ({exceeded} of {limits})")),
    }
}

/// A set with its version and the start of its digest.
pub(super) fn set(set: &SetName) -> String {
    format!("{}@{} ({})", short(&set.name), short(&set.version), digits(&set.digest))
}

/// What the candidate is compared with.
pub(super) fn baseline(report: &Report) -> String {
    match &report.run.baseline {
        Baseline::Recorded => "the decisions on record".to_owned(),
        Baseline::Set(name) => set(name),
    }
}

/// Where the suggestions come from, and which were taken.
pub(super) fn history(report: &Report) -> String {
    let mut text = match &report.run.history {
        History::Ledger { log, events } => format!("ledger {}, {}", digits(log), count(*events, "event")),
        History::File { digest, labels } => {
            let labels = labels.as_ref().map(|labels| format!(", labels {}", digits(labels)));
            format!("file {}{}", digits(digest), labels.unwrap_or_default())
        }
    };
    if !report.run.selection.is_empty() {
        let conditions: Vec<String> = report.run.selection.iter().take(12).map(|condition| short(condition)).collect();
        text.push_str("; only ");
        text.push_str(&conditions.join(", "));
        if report.run.selection.len() > conditions.len() {
            text.push_str(", …");
        }
    }
    text
}

/// What the candidate ran on: the catalogue and the engine.
pub(super) fn circumstances(report: &Report) -> String {
    let catalogue = report.run.catalogue.as_ref().map_or_else(
        || "the recorded catalogue of each decision".to_owned(),
        |digest| format!("catalogue {}", digits(digest)),
    );
    format!("{catalogue}; engine {}", short(&report.run.engine))
}

/// How many decisions could not be replayed.
pub(super) fn unreplayed(counts: &Counts) -> u64 {
    counts.not_replayable.values().map(|tally| tally.count).sum()
}

/// How many suggestions there are.
pub(super) fn suggestions(report: &Report) -> String {
    let replayed = format!("{} replayed", grouped(report.counts.all.suggestions()));
    match unreplayed(&report.counts) {
        0 => replayed,
        others => format!("{replayed}, {} not replayable", grouped(others)),
    }
}

/// What everybody must know before reading on: why the report may not be taken at its word.
pub(super) fn notices(report: &Report) -> Vec<String> {
    let mut notices = Vec::new();
    if !report.extent.complete {
        notices.push(
            "Incomplete: the replay was interrupted. Later suggestions are missing from everything below.".into(),
        );
    }
    let (shard, of) = (report.extent.shard, report.extent.of);
    if of > 1 {
        notices.push(format!(
            "Shard {shard} of {of}: only a part of the history. Merge the reports of all shards to see the whole."
        ));
    }
    let differing = report.counts.differing.count;
    if differing > 0 {
        let answers = count(differing, "recorded answer");
        notices.push(format!("The record does not hold: {answers} came out otherwise when computed again."));
    }
    notices
}

/// What the replay comes to, in one or two sentences.
pub(super) fn summary(report: &Report) -> String {
    let all = &report.counts.all;
    let changed = all.changed();
    if changed.of == 0 {
        return "No suggestion was replayed, so nothing can be said about the candidate.".to_owned();
    }
    let mut text = if changed.count == 0 {
        format!("The candidate decides all {} as before.", count(changed.of, "suggestion"))
    } else {
        let (loosened, tightened) = (grouped(all.loosened().count), grouped(all.tightened().count));
        format!(
            "The candidate decides {} suggestions ({}) otherwise: {loosened} less strictly, {tightened} more strictly.",
            fraction(changed),
            percent(changed)
        )
    };
    let wrong = all.applied_though_wrong().count;
    if wrong > 0 {
        let _ = write!(text, " {} of them would now be applied though people know them to be wrong.", grouped(wrong));
    }
    let kept = report.counts.other_reasons.count;
    if kept > 0 {
        let (suggestions, verb) = (count(kept, "more suggestion"), if kept == 1 { "keeps its" } else { "keep their" });
        let _ = write!(text, " {suggestions} {verb} outcome, but for other reasons.");
    }
    text
}

/// What is said where there is no truth.
pub(super) const NO_TRUTH: &str = "Nobody has said which of these suggestions were right, so errors cannot be counted. \
Bring what people know with `--labels FILE`, or into a ledger with `countersign truth import`.";

/// What is said where no suggestion is newly applied though it is wrong.
pub(super) const NONE_WRONG: &str = "None: no suggestion that people know to be wrong would newly be applied.";

/// Where the answers of modules came from.
pub(super) fn work(report: &Report) -> String {
    let work = &report.counts.work;
    let mut text = format!(
        "{} by calling a module, {} reused from the record, {} remembered from another set of this run; {} checked again",
        grouped(work.called),
        grouped(work.reused),
        grouped(work.remembered),
        count(work.rechecked, "reused answer")
    );
    if work.rechecked > 0 {
        let differing = report.counts.differing.count;
        let _ = match differing {
            0 => write!(text, ", all alike"),
            _ => write!(text, ", {} different", grouped(differing)),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn doubts_come_first() {
        assert!(notices(&sample::report()).is_empty());
        let mut report = sample::report();
        report.extent.complete = false;
        report.extent.of = 4;
        report.counts.differing.count(7, "s-7");
        let said = notices(&report).join("\n");
        assert!(
            said.contains("interrupted") && said.contains("Shard 1 of 4") && said.contains("1 recorded answer came")
        );
    }

    #[test]
    fn a_file_is_named_by_its_digest_and_that_of_its_labels() {
        let mut report = sample::empty();
        let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
        report.run.history = History::File { digest: digest.clone(), labels: Some(digest) };
        report.run.selection.clear();
        assert_eq!(history(&report), "file 0123456789ab, labels 0123456789ab");
        report.run.baseline = Baseline::Recorded;
        assert_eq!(baseline(&report), "the decisions on record");
    }

    #[test]
    fn the_summary_is_whole_sentences() {
        let said = summary(&sample::report());
        assert!(said.starts_with("The candidate decides 1\u{202f}"), "{said}");
        assert!(said.contains("though people know them to be wrong"), "{said}");
        assert!(summary(&sample::empty()).starts_with("No suggestion"));
    }

    #[test]
    fn verdicts_count() {
        assert_eq!(verdict(&[]).0, Verdict::None);
        assert_eq!(verdict(&sample::checked()), (Verdict::Exceeded, "Budget exceeded (2 of 4 limits)".to_owned()));
        let kept: Vec<_> = sample::checked().into_iter().filter(|one| !one.exceeded).collect();
        assert_eq!(verdict(&kept), (Verdict::Kept, "Budget kept (2 limits)".to_owned()));
    }
}
