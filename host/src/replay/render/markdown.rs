//! The report for a pull request's comment.

pub(crate) mod comment;

use std::fmt::Write as _;

use comment::{Comment, code, table, tick};

use super::opening::{self, Verdict};
use super::rows::{Compared, First, groups, ids, limits, names, rates};
use super::words::{because, change, count, grouped, interval, length, moved, percent};
use crate::model::Outcome;
use crate::replay::{Baseline, Cause, Checked, Dimension, Example, Faults, Members, Report, Side, Slice, Tally};

/// How many limits and names are shown.
const MOST: usize = 50;

/// How many groups, and ids of the dreaded list.
const FEW: usize = 10;

/// The report for a pull request's comment: the verdict first, and never too long for GitHub.
#[must_use]
pub fn markdown(report: &Report, checked: &[Checked]) -> String {
    let mut comment = Comment::new(head(report, checked));
    comment.add("the budget", &[MOST, FEW].map(|most| budget(checked, most)));
    comment.add("the outcomes", &[matrix(report)]);
    comment.add("what would now be applied though it is wrong", &[dreaded(report)]);
    comment.add("why outcomes changed", &[FEW, 3].map(|most| causes(report, most)));
    comment.add("the error rates", &[truth(report)]);
    for dimension in Dimension::ALL {
        comment.add(&format!("by {}", dimension.as_str()), &[MOST, FEW].map(|most| by(report, dimension, most)));
    }
    comment.finish()
}

fn head(report: &Report, checked: &[Checked]) -> String {
    let (verdict, words) = opening::verdict(checked);
    let mark = match verdict {
        Verdict::None => "➖",
        Verdict::Kept => "✅",
        Verdict::Exceeded => "❌",
    };
    let mut text = format!("### {mark} {words}\n\n");
    for notice in opening::notices(report) {
        let _ = writeln!(text, "> [!WARNING]\n> {notice}\n");
    }
    let run = &report.run;
    let baseline = match &run.baseline {
        Baseline::Recorded => opening::baseline(report),
        Baseline::Set(set) => tick(&opening::set(set)),
    };
    let _ = writeln!(text, "{}\n", opening::summary(report));
    let _ = writeln!(text, "- candidate {} against {baseline}", tick(&opening::set(&run.candidate)));
    let _ = writeln!(text, "- history: {}", tick(&opening::history(report)));
    let _ = writeln!(text, "- suggestions: {}", opening::suggestions(report));
    let faults = |of: fn(&Faults) -> &Tally| report.counts.faults.values().map(|faults| of(faults).count).sum::<u64>();
    let (new, gone) = (faults(|all| &all.new), faults(|all| &all.gone));
    if new + gone > 0 {
        let _ = writeln!(text, "- faults of modules: {} new, {} gone", grouped(new), grouped(gone));
    }
    text
}

fn left_out(left: u64, noun: &str) -> String {
    if left == 0 { String::new() } else { format!("\nand {}\n", count(left, &format!("more {noun}"))) }
}

fn budget(checked: &[Checked], most: usize) -> String {
    let First { rows, left } = limits(checked, most);
    if rows.is_empty() {
        return String::new();
    }
    let row = |one: &Checked| {
        let mark = if one.exceeded { "❌ exceeded" } else { "✅ kept" };
        vec![mark.to_owned(), code(&one.figure), code(&one.limit), code(&one.found)]
    };
    let table = table(&["", "figure", "limit", "found"], 4, rows.into_iter().map(row));
    format!("\n#### Budget\n\n{table}{}", left_out(left, "limit"))
}

fn matrix(report: &Report) -> String {
    let all = &report.counts.all;
    if all.suggestions() == 0 {
        return String::new();
    }
    let shown = |before: Outcome, after: Outcome| match all.all.get(before, after) {
        0 => "·".to_owned(),
        number if before == after => grouped(number),
        number => format!("**{}**", grouped(number)),
    };
    let rows = Outcome::ALL.map(|before| {
        let name = format!("before: {}", before.as_str());
        [name].into_iter().chain(Outcome::ALL.map(|after| shown(before, after))).collect()
    });
    let [apply, review, human, reject] = Outcome::ALL.map(|outcome| format!("after: {}", outcome.as_str()));
    let changes: Vec<_> = [("changed", all.changed()), ("loosened", all.loosened()), ("tightened", all.tightened())]
        .map(|(name, rate)| format!("{name} {} ({})", grouped(rate.count), percent(rate)))
        .into();
    let table = table(&["", &apply, &review, &human, &reject], 1, rows);
    format!("\n#### Outcomes\n\n{table}\n{}\n", changes.join(", "))
}

fn listed(examples: &[Example], all: u64, most: usize) -> First<String> {
    let First { rows, left } = ids(examples, all, most);
    First { rows: rows.into_iter().map(code).collect(), left }
}

fn causes(report: &Report, most: usize) -> String {
    let First { rows, left } = groups(&report.counts, most);
    if rows.is_empty() {
        return String::new();
    }
    let row = |(cause, members): (&Cause, &Members)| {
        let why = format!("{}: {}", change(cause.before, cause.after), because(cause, tick));
        let such = listed(&members.suggestions.examples, members.suggestions.count, 3).rows.join(", ");
        vec![why, such, grouped(members.suggestions.count), grouped(members.wrong), grouped(members.right)]
    };
    let table = table(&["why", "such as", "suggestions", "known wrong", "known right"], 2, rows.into_iter().map(row));
    format!("\n#### Why outcomes changed\n\n{table}{}", left_out(left, "group"))
}

fn dreaded(report: &Report) -> String {
    let all = &report.counts.all;
    if all.labelled() == 0 {
        return String::new();
    }
    let wrong = all.applied_though_wrong().count;
    let title = "\n#### Would now be applied, though people know them to be wrong";
    if wrong == 0 {
        return format!("{title}\n\n{}\n", opening::NONE_WRONG);
    }
    let First { rows, left } = listed(&report.counts.applied_though_wrong, wrong, FEW);
    let more = if left > 0 { format!(" and {} more", grouped(left)) } else { String::new() };
    format!("{title}: {}\n\n{}{more}\n", grouped(wrong), rows.join(", "))
}

fn truth(report: &Report) -> String {
    let all = &report.counts.all;
    if all.suggestions() == 0 {
        return String::new();
    }
    if all.labelled() == 0 {
        return format!("\n#### Automation and errors\n\n{}\n", opening::NO_TRUTH);
    }
    let row = |Compared { name, about, before, after }: Compared| {
        let side = |rate| format!("{} ({})", percent(rate), interval(rate));
        vec![format!("{name}: {about}"), side(before), side(after)]
    };
    let table = table(&["rate (with its 95 % interval)", "before", "after"], 1, rates(all).map(row));
    format!("\n#### Automation and errors\n\n{table}")
}

fn by(report: &Report, dimension: Dimension, most: usize) -> String {
    let First { rows, left } = names(&report.counts, dimension, most);
    if rows.is_empty() {
        return String::new();
    }
    let all = length(&rows) + left;
    let row = |(name, slice): (&str, &Slice)| {
        vec![
            code(name),
            grouped(slice.suggestions()),
            grouped(slice.changed().count),
            grouped(slice.loosened().count),
            grouped(slice.tightened().count),
            moved(slice.automation(Side::Before), slice.automation(Side::After)),
            moved(slice.false_applies(Side::Before), slice.false_applies(Side::After)),
        ]
    };
    let word = dimension.as_str();
    let head = [word, "suggestions", "changed", "loosened", "tightened", "automation", "false applies"];
    let table = table(&head, 1, rows.into_iter().map(row));
    // The blank lines let Markdown begin again inside HTML.
    format!(
        "\n<details><summary>By {word} ({})</summary>\n\n{table}{}\n</details>\n",
        grouped(all),
        left_out(left, "name")
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_verdict_comes_first() {
        let said = markdown(&sample::report(), &sample::checked());
        assert!(said.starts_with("### ❌ Budget exceeded (2 of 4 limits)\n"), "{said}");
        for part in [
            "\n| ❌ exceeded | `applied-though-wrong` | `at most 0` | `16` |\n",
            "\n| review → apply: `confidence · confidence.below-threshold [email]` no longer objects | ",
            "people know them to be wrong: 16\n\n`sug-",
            "<details><summary>By field (5)</summary>\n\n| field |",
        ] {
            assert!(said.contains(part), "{part}\n{said}");
        }
        assert!(markdown(&sample::empty(), &[]).starts_with("### ➖ No budget was given\n"));
        assert!(markdown(&sample::no_truth(), &[]).contains("`--labels FILE`"));
    }

    #[test]
    fn hostile_names_stay_code_in_their_cell() {
        let (report, checked) = sample::hostile();
        let said = markdown(&report, &checked);
        assert!(said.len() <= 60_000, "{}", said.len());
        for line in said.lines().filter(|line| line.starts_with("| ")) {
            assert!(matches!(line.matches('|').count(), 4..=8), "{line}");
        }
        for line in said.lines() {
            // Outside of code there is nothing that anybody else wrote: every other part is outside.
            let ours: String = line.split('`').step_by(2).collect();
            assert!(line.matches('`').count().is_multiple_of(2), "{line}");
            for theirs in ["script", "octocat", "evil", "img", "javascript", "]]"] {
                assert!(!ours.contains(theirs), "{line}");
            }
        }
    }

    #[test]
    fn no_input_makes_it_too_long() {
        let long = "\u{1f600}".repeat(100);
        let (mut report, checked) = sample::everywhere(&[&long]);
        report.run.selection = vec![long; 1000];
        let said = markdown(&report, &checked);
        assert!((40_000..=60_000).contains(&said.len()), "{}", said.len());
        let last = said.lines().last().unwrap_or_default();
        assert!(last.starts_with("Too long for a comment, so this is left out: "), "{last}");
    }
}
