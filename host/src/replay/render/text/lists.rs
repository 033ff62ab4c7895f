//! What went wrong, what was left out, what it took, and what the budget says.

use std::fmt::Write as _;

use super::MOST;
use crate::replay::render::columns::columns;
use crate::replay::render::opening;
use crate::replay::render::rows::{First, fuel, fuel_changed, ids, limits, quantiles};
use crate::replay::render::words::{compact, count, grouped, short};
use crate::replay::{Checked, Counts, Distribution, Example};

/// How many ids are shown as examples.
pub(super) const EXAMPLES: usize = 3;

/// Ids in one line; what is left out is said with a word for it, or not at all.
pub(super) fn listed(examples: &[Example], all: u64, most: usize, more: &str) -> String {
    let First { rows, left } = ids(examples, all, most);
    let mut text = rows.into_iter().map(short).collect::<Vec<_>>().join(", ");
    if left > 0 && !more.is_empty() {
        let _ = write!(text, " and {} {more}", grouped(left));
    }
    text
}

/// Faults that came or went.
pub(super) fn faults(counts: &Counts) -> String {
    let changed = counts.faults.iter().filter(|(_, faults)| faults.new.count + faults.gone.count > 0);
    let all: Vec<_> = changed.collect();
    if all.is_empty() {
        return String::new();
    }
    let First { rows, left } = First::of(all, MOST);
    let mut table: Vec<Vec<String>> = Vec::new();
    for (name, faults) in rows {
        let (new, gone) = (faults.new.count, faults.gone.count);
        let such = if new > 0 { &faults.new } else { &faults.gone };
        let examples = listed(&such.examples, such.count, EXAMPLES, "more");
        table.push(vec![short(name), examples, grouped(new), grouped(gone), grouped(faults.kept.count)]);
    }
    "Modules that gave no answer\n".to_owned()
        + &columns(&["module and fault", "such as", "new", "gone", "on both sides"], 2, table)
        + &more(left)
}

/// A last line that says how many rows are left out.
pub(super) fn more(left: u64) -> String {
    if left == 0 { String::new() } else { format!("  and {} more\n", grouped(left)) }
}

/// Modules whose fuel changed.
pub(super) fn fuel_table(counts: &Counts) -> String {
    let all = fuel(counts, usize::MAX).rows;
    let changed: Vec<_> = all.into_iter().filter(|(_, fuel)| fuel_changed(fuel)).collect();
    if changed.is_empty() {
        return String::new();
    }
    let side = |fuel: &Distribution| {
        quantiles(fuel).map_or(["–", "–", "–"].map(str::to_owned), |quantiles| quantiles.map(compact))
    };
    let First { rows, left } = First::of(changed, MOST);
    let mut table: Vec<Vec<String>> = Vec::new();
    for (module, fuel) in rows {
        let [before, after] = [side(&fuel.before), side(&fuel.after)];
        let pairs = before.into_iter().zip(after).map(|(before, after)| format!("{before} → {after}"));
        table.push([short(module)].into_iter().chain(pairs).collect());
    }
    "Fuel of calls that changed by more than 5 % (half of the calls use no more, 99 in 100, the most)\n".to_owned()
        + &columns(&["module", "p50", "p99", "max"], 1, table)
        + &more(left)
}

/// Decisions that could not be replayed, by reason.
pub(super) fn not_replayable(counts: &Counts) -> String {
    let all: Vec<_> = counts.not_replayable.iter().collect();
    if all.is_empty() {
        return String::new();
    }
    let First { rows, left } = First::of(all, MOST);
    let mut text = format!("Not replayable: {}\n", grouped(opening::unreplayed(counts)));
    for (reason, tally) in rows {
        let such = listed(&tally.examples, tally.count, EXAMPLES, "");
        let _ = writeln!(text, "{:>8}  {}; such as {such}", grouped(tally.count), short(reason));
    }
    if left > 0 {
        let _ = writeln!(text, "          and {}", count(left, "more reason"));
    }
    text
}

/// The limits, exceeded ones first.
pub(super) fn budget(checked: &[Checked]) -> String {
    let First { rows, left } = limits(checked, 3 * MOST);
    if rows.is_empty() {
        return String::new();
    }
    let row = |one: &Checked| {
        let mark = if one.exceeded { "EXCEEDED" } else { "kept" };
        vec![mark.to_owned(), short(&one.figure), short(&one.limit), short(&one.found)]
    };
    let table = columns(&["", "figure", "limit", "found"], 4, rows.into_iter().map(row));
    format!("{}\n{table}{}", opening::verdict(checked).1, more(left))
}
