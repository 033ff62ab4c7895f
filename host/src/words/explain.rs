//! A decision in words.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::table;
use crate::model::{Arm, Assignment, Decision, ModuleKind, ModuleRun, Outcome};
use crate::rollout::Share;

/// The colour of an outcome.
fn colour(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Apply => AnsiColor::Green,
        Outcome::Review => AnsiColor::Yellow,
        Outcome::HumanOnly => AnsiColor::Magenta,
        Outcome::Reject => AnsiColor::Red,
    }
    .on_default()
    .bold()
}

/// One line: the outcome, the id, and the code of the first reason for it.
pub(crate) fn one_line(decision: &Decision) -> String {
    let style = colour(decision.outcome);
    let decisive = decision.reasons.iter().filter(|reason| reason.outcome == decision.outcome);
    let mut codes: Vec<String> = decisive.map(|reason| plain(&reason.code)).collect();
    codes.dedup();
    let more = codes.len().saturating_sub(2);
    codes.truncate(2);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{style}{:<10}{style:#} {}  {}{more}", decision.outcome.as_str(), plain(&decision.id), codes.join(", "))
}

/// Everything that a person needs to understand a decision.
pub(crate) fn explain(decision: &Decision, ledger: Option<u64>) -> String {
    let mut text = String::new();
    let style = colour(decision.outcome);
    let set = plain(&format!("{}@{}", decision.set.name, decision.set.version));
    let event = ledger.map_or_else(String::new, |seq| format!(" · event {seq}"));
    let (id, at) = (plain(&decision.id), plain(&decision.decided_at));
    let _ = writeln!(text, "{id}: {style}{}{style:#}", decision.outcome.as_str());
    let canary =
        decision.canary.as_ref().map_or_else(String::new, |Assignment { canary, bucket, share, arm, .. }| {
            format!(", {}", assigned(*canary, *arm, *share, Some(*bucket)))
        });
    let _ = writeln!(text, "  judged at {at} by {set} ({}){canary}{event}", decision.set.digest.short());
    if let Some(needs) = &decision.review {
        let role = plain(needs.role.as_deref().unwrap_or("any reviewer"));
        let hours = needs.within_hours.map_or_else(String::new, |hours| format!(" within {hours} hours"));
        let plural = if needs.approvals == 1 { "" } else { "s" };
        let _ = writeln!(
            text,
            "  needs {} approval{plural} by {role}{hours}, priority {}",
            needs.approvals, needs.priority
        );
    }
    if decision.outcome == Outcome::Apply {
        unopposed(&mut text, &decision.modules);
    }
    reasons(&mut text, decision);
    findings(&mut text, decision);
    modules(&mut text, decision);
    text
}

/// Whether a set judged because it is tried on a part of the records, or because this record is not of them. The bucket may be
/// withheld.
pub(crate) fn assigned(canary: u64, arm: Arm, share: u16, bucket: Option<u16>) -> String {
    let which = match arm {
        Arm::Canary => "the canary",
        Arm::Active => "not the canary",
    };
    let bucket = bucket.map_or_else(String::new, |bucket| format!(", bucket {bucket}"));
    format!("{which} of event {canary} at {}{bucket}", Share(share))
}

/// Why something may be applied: nobody objects, and who would have.
fn unopposed(text: &mut String, runs: &[ModuleRun]) {
    let asked = |kind| {
        let names = runs.iter().filter(move |run| run.called && run.kind == kind).map(|run| run.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let policies = asked(ModuleKind::Policy);
    let _ = writeln!(text, "\n  because");
    paragraph(text, "    ", &format!("No policy objects. Asked were {policies}."));
    let validators = asked(ModuleKind::Validator);
    if !validators.is_empty() {
        paragraph(text, "    ", &format!("The record and the suggestion were looked over by {validators}."));
    }
}

fn reasons(text: &mut String, decision: &Decision) {
    let (decisive, others): (Vec<_>, Vec<_>) =
        decision.reasons.iter().partition(|reason| reason.outcome == decision.outcome);
    for (title, reasons) in [("because", decisive), ("also", others)] {
        if reasons.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n  {title}");
        for reason in reasons {
            let style = colour(reason.outcome);
            let about = about(&reason.code, reason.field.as_deref());
            let _ = writeln!(text, "    {style}{}{style:#}  {about}", reason.outcome.as_str());
            paragraph(text, "      ", &reason.message);
        }
    }
}

fn findings(text: &mut String, decision: &Decision) {
    if decision.findings.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n  findings");
    for finding in &decision.findings {
        let about = about(&finding.code, finding.field.as_deref());
        let _ = writeln!(text, "    {}  {about}", finding.severity.as_str());
        paragraph(text, "      ", &finding.message);
    }
}

/// A code, and the field that it is about.
fn about(code: &str, field: Option<&str>) -> String {
    plain(&field.map_or_else(|| code.to_owned(), |field| format!("{code} [{field}]")))
}

/// What a validator found, in a word.
fn found(decision: &Decision, validator: &str) -> String {
    match decision.findings.iter().filter(|finding| finding.module == validator).count() {
        0 => "nothing found".to_owned(),
        number => super::count(number as u64, "finding"),
    }
}

fn modules(text: &mut String, decision: &Decision) {
    let runs = &decision.modules;
    let _ = writeln!(text);
    let rows = runs.iter().filter(|run| run.called || run.fault.is_some()).map(|run| {
        let said = match (&run.fault, run.outcome) {
            (Some(fault), _) => format!("fault: {}", fault.kind.as_str()),
            (None, Some(outcome)) => outcome.as_str().to_owned(),
            (None, None) => found(decision, &run.name),
        };
        let fuel = run.fuel.map_or_else(String::new, super::grouped);
        vec![plain(&format!("{}@{}", run.name, run.version)), said, run.digest.short(), fuel]
    });
    text.push_str(&table(&["module", "said", "digest", "fuel"], 3, rows));
    let idle: Vec<&str> =
        runs.iter().filter(|run| !run.called && run.fault.is_none()).map(|run| run.name.as_str()).collect();
    if !idle.is_empty() {
        paragraph(text, "  ", &format!("not called, since they do not apply here: {}", idle.join(", ")));
    }
    for run in runs {
        if let Some(log) = &run.log {
            paragraph(text, "  ", &format!("log of {}: {log}", run.name));
        }
    }
}

/// The widest line of a paragraph, in characters.
const WIDTH: usize = 100;

/// Text of a module in lines that fit a terminal, without control characters: it is hostile. The lines after the
/// first are set in further.
pub(super) fn paragraph(text: &mut String, indent: &str, said: &str) {
    let clean = plain(said);
    let mut line = indent.to_owned();
    let mut empty = true;
    for word in clean.split(' ').filter(|word| !word.is_empty()) {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = format!("{indent}  ");
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(text, "{line}");
}

/// Text of others with a blank for every character that could mislead whoever reads it in a terminal.
pub(crate) fn plain(said: &str) -> String {
    said.chars().map(|c| if misleads(c) { ' ' } else { c }).collect()
}

/// Whether a character of a module's text could move, colour or reorder what a terminal shows.
fn misleads(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Digest, SetRef};

    #[test]
    fn which_of_two_sets_judged_stands_beside_its_name() {
        let set = SetRef { name: "s".into(), version: "1.0.0".into(), digest: Digest::of(b"s") };
        let said = |canary: Option<Assignment>| {
            let decision = Decision {
                id: "s-1".into(),
                outcome: Outcome::Review,
                decided_at: "2026-11-20T09:00:00Z".into(),
                set: set.clone(),
                canary,
                reasons: Vec::new(),
                findings: Vec::new(),
                modules: Vec::new(),
                review: None,
            };
            let text = explain(&decision, Some(17));
            text.lines().nth(1).unwrap().to_owned()
        };
        let by = |canary: &str| {
            format!("  judged at 2026-11-20T09:00:00Z by s@1.0.0 ({}){canary} · event 17", set.digest.short())
        };
        let tried = |bucket, arm| Some(Assignment { canary: 12, salt: "5a17".into(), bucket, share: 550, arm });
        assert_eq!(said(None), by(""));
        assert_eq!(said(tried(7, Arm::Canary)), by(", the canary of event 12 at 5.5%, bucket 7"));
        assert_eq!(said(tried(700, Arm::Active)), by(", not the canary of event 12 at 5.5%, bucket 700"));
    }
}
