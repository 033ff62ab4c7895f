//! The report for a terminal.

mod lists;
mod shadow;

use std::fmt::Write as _;

use lists::{EXAMPLES, budget, faults, fuel_table, listed, not_replayable};

use super::columns::columns;
use super::rows::{Compared, First, groups, rates};
use super::words::{because, change, count, fraction, grouped, interval, percent};
use super::{opening, words};
use crate::model::Outcome;
use crate::replay::{Checked, Counts, Rate, Report, Work};

pub use shadow::shadow_text;

/// How many groups are shown, and how many ids of the dreaded list.
const MOST: usize = 10;

/// The report as plain text for a terminal, without colours.
#[must_use]
pub fn text(report: &Report, checked: &[Checked]) -> String {
    let counts = &report.counts;
    [
        head(report, checked),
        matrix(counts),
        changes(counts),
        causes(counts),
        truth(report),
        dreaded(report),
        faults(counts),
        fuel_table(counts),
        not_replayable(counts),
        work(report),
        budget(checked),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}

fn work(report: &Report) -> String {
    if report.counts.work == Work::default() {
        return String::new();
    }
    format!("Answers of modules: {}.\n", opening::work(report))
}

fn head(report: &Report, checked: &[Checked]) -> String {
    let mut lines =
        vec![format!("Replay of {} against {}", opening::set(&report.run.candidate), opening::baseline(report))];
    lines.push(format!("  history      {}", opening::history(report)));
    lines.push(format!("  suggestions  {}", opening::suggestions(report)));
    lines.push(format!("  judged with  {}", opening::circumstances(report)));
    lines.extend(opening::notices(report).iter().map(|notice| format!("! {notice}")));
    lines.push(format!("\n{}.\n{}", opening::verdict(checked).1, opening::summary(report)));
    lines.join("\n") + "\n"
}

fn matrix(counts: &Counts) -> String {
    let all = &counts.all;
    if all.suggestions() == 0 {
        return String::new();
    }
    let shown = |number| if number == 0 { "·".to_owned() } else { grouped(number) };
    let row = |name: &str, number: &dyn Fn(Outcome) -> u64| {
        let numbers = Outcome::ALL.map(number);
        let sum = shown(numbers.iter().sum());
        [name.to_owned()].into_iter().chain(numbers.map(shown)).chain([sum]).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> =
        Outcome::ALL.into_iter().map(|before| row(before.as_str(), &|after| all.all.get(before, after))).collect();
    rows.push(row("all after", &|outcome| all.all.sum(|_, after| after == outcome)));
    let [apply, review, human, reject] = Outcome::ALL.map(Outcome::as_str);
    "Outcomes before (down) and after (across)\n".to_owned()
        + &columns(&["before", apply, review, human, reject, "all before"], 1, rows)
}

fn changes(counts: &Counts) -> String {
    let all = &counts.all;
    if all.suggestions() == 0 {
        return String::new();
    }
    let rows = [
        ("changed", "another outcome", all.changed()),
        ("loosened", "a less strict outcome", all.loosened()),
        ("tightened", "a stricter outcome", all.tightened()),
    ];
    let row = |(name, about, rate): (&str, &str, Rate)| {
        vec![name.to_owned(), about.to_owned(), grouped(rate.count), percent(rate), interval(rate)]
    };
    columns(&["change", "that is", "suggestions", "of all", "95 % interval"], 2, rows.map(row))
}

fn causes(counts: &Counts) -> String {
    let First { rows, left } = groups(counts, MOST);
    if rows.is_empty() {
        return String::new();
    }
    let mut text = "Why outcomes changed, the largest groups first\n".to_owned();
    for (cause, members) in rows {
        let change = change(cause.before, cause.after);
        let number = grouped(members.suggestions.count);
        let _ = writeln!(text, "{number:>8}  {change}: {}", because(cause, str::to_owned));
        let mut known = Vec::new();
        if members.wrong > 0 {
            known.push(format!("{} known wrong", grouped(members.wrong)));
        }
        if members.right > 0 {
            known.push(format!("{} known right", grouped(members.right)));
        }
        known.push(format!(
            "such as {}",
            listed(&members.suggestions.examples, members.suggestions.count, EXAMPLES, "")
        ));
        let _ = writeln!(text, "          {}", known.join("; "));
    }
    if left > 0 {
        let _ = writeln!(text, "          and {}", count(left, "more group"));
    }
    text
}

fn truth(report: &Report) -> String {
    let all = &report.counts.all;
    if all.suggestions() == 0 {
        return String::new();
    }
    if all.labelled() == 0 {
        let [Compared { name, before, after, .. }, ..] = rates(all);
        return format!("The {name} goes {}.\n{}\n", words::moved(before, after), opening::NO_TRUTH);
    }
    let row = |Compared { name, before, after, .. }: Compared| {
        let side = |rate| [percent(rate), fraction(rate), interval(rate)];
        [name.to_owned()].into_iter().chain(side(before)).chain(side(after)).collect::<Vec<_>>()
    };
    let head = ["rate", "before", "that is", "95 % interval", "after", "that is", "95 % interval"];
    let known = fraction(Rate { count: all.labelled(), of: all.suggestions() });
    format!(
        "Automation and errors; people know the truth of {known} suggestions\n{}",
        columns(&head, 1, rates(all).map(row))
    )
}

fn dreaded(report: &Report) -> String {
    let all = &report.counts.all;
    if all.labelled() == 0 {
        return String::new();
    }
    let wrong = all.applied_though_wrong().count;
    if wrong == 0 {
        return format!("Would now be applied, though people know them to be wrong\n  {}\n", opening::NONE_WRONG);
    }
    let listed = listed(&report.counts.applied_though_wrong, wrong, MOST, "more");
    format!("Would now be applied, though people know them to be wrong: {}\n  {listed}\n", grouped(wrong))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_typical_run_fits_a_screen_or_two() {
        let (report, checked) = (sample::report(), sample::checked());
        let said = text(&report, &checked);
        assert_eq!(said, text(&report, &checked));
        assert!(said.lines().count() <= 65, "{said}");
        for line in [
            "Replay of contacts-eu@1.5.0-rc.1 (",
            "     914  review → apply: confidence · confidence.below-threshold [email] no longer objects",
            "14 known wrong; 260 known right; such as sug-08630, ",
            "people know them to be wrong: 16",
            "duplicates: fuel  sug-00812, sug-00913    2     0              1",
            "  duplicates  ",
            "  EXCEEDED  applied-though-wrong             at most 0                        16",
        ] {
            assert!(said.contains(line), "{line}\n{said}");
        }
        assert!(!said.contains("  confidence "), "its fuel did not change\n{said}");
        assert!(said.find("EXCEEDED") < said.find("kept"), "{said}");
    }

    #[test]
    fn without_truth_it_says_how_to_bring_it() {
        let said = text(&sample::no_truth(), &[]);
        assert!(said.contains("`--labels FILE`") && said.contains("`countersign truth import`"), "{said}");
        assert!(!said.contains("false-apply") && !said.contains("known wrong") && !said.contains("be wrong"), "{said}");
        assert!(said.contains("No budget was given.\nThe candidate decides"), "{said}");
    }

    #[test]
    fn an_empty_report_is_short() {
        let said = text(&sample::empty(), &[]);
        assert!(said.contains("No suggestion was replayed") && said.lines().count() < 10, "{said}");
    }

    #[test]
    fn hostile_names_stay_in_their_place() {
        let (report, checked) = sample::hostile();
        let said = text(&report, &checked);
        assert!(said.lines().count() < 140, "{said}");
        assert!(said.chars().all(|character| character == '\n' || !character.is_control()));
        assert!(said.contains("! Incomplete") && said.contains("! Shard 2 of 4") && said.contains("! The record"));
        assert!(said.contains("and 10\u{202f}005 more groups"), "{said}");
    }
}
