//! What the tables of all forms show, sorted and cut.

use crate::replay::{Cause, Checked, Counts, Dimension, Distribution, Example, Fuel, Members, Rate, Side, Slice};

/// The first rows of a table, and how many more there are.
pub(crate) struct First<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many more there are.
    pub left: u64,
}

impl<T> First<T> {
    /// Keeps so many rows.
    pub(crate) fn of(mut rows: Vec<T>, most: usize) -> Self {
        let left = u64::try_from(rows.len().saturating_sub(most)).unwrap_or(u64::MAX);
        rows.truncate(most);
        Self { rows, left }
    }
}

/// The limits: exceeded ones first, else in the order of the budget.
pub(super) fn limits(checked: &[Checked], most: usize) -> First<&Checked> {
    let mut rows: Vec<_> = checked.iter().collect();
    rows.sort_by_key(|one| !one.exceeded);
    First::of(rows, most)
}

/// The groups, the largest first.
pub(super) fn groups(counts: &Counts, most: usize) -> First<(&Cause, &Members)> {
    First::of(counts.largest_groups(), most)
}

/// The names of a dimension: those with the most changes first.
pub(super) fn names(counts: &Counts, dimension: Dimension, most: usize) -> First<(&str, &Slice)> {
    let names = counts.by.get(&dimension).into_iter().flatten();
    let mut rows: Vec<_> = names.map(|(name, slice)| (name.as_str(), slice)).collect();
    // Sorting is stable: equal ones stay in the order of their names.
    rows.sort_by_cached_key(|(_, slice)| std::cmp::Reverse((slice.changed().count, slice.suggestions())));
    First::of(rows, most)
}

/// The ids of examples, and how many of all they leave out.
pub(super) fn ids(examples: &[Example], all: u64, most: usize) -> First<&str> {
    let rows: Vec<_> = examples.iter().take(most).map(|example| example.id.as_str()).collect();
    let left = all.saturating_sub(u64::try_from(rows.len()).unwrap_or(u64::MAX));
    First { rows, left }
}

/// One rate on both sides.
pub(super) struct Compared {
    /// Its name.
    pub name: &'static str,
    /// What it says, for people who do not know the name.
    pub about: &'static str,
    /// The baseline's.
    pub before: Rate,
    /// The candidate's.
    pub after: Rate,
}

/// The rates that tell automation from error.
pub(super) fn rates(slice: &Slice) -> [Compared; 4] {
    let compared = |name, about, rate: fn(&Slice, Side) -> Rate| Compared {
        name,
        about,
        before: rate(slice, Side::Before),
        after: rate(slice, Side::After),
    };
    [
        compared("automation rate", "applied without a person, of all", Slice::automation),
        compared("false-apply rate", "wrong, of those applied", Slice::false_applies),
        compared("needless-review rate", "right, of those that people are asked about", Slice::needless_reviews),
        compared("false-reject rate", "right, of those rejected", Slice::false_rejects),
    ]
}

/// Half of the calls, 99 in 100, and all of them use no more than this much fuel.
pub(super) fn quantiles(fuel: &Distribution) -> Option<[u64; 3]> {
    Some([fuel.percentile(50)?, fuel.percentile(99)?, fuel.percentile(100)?])
}

/// Whether a module's fuel is worth a look: it changed by more than 5 %, or only one side called the module.
pub(super) fn fuel_changed(fuel: &Fuel) -> bool {
    match (quantiles(&fuel.before), quantiles(&fuel.after)) {
        (Some(before), Some(after)) => before
            .into_iter()
            .zip(after)
            .any(|(before, after)| u128::from(before.abs_diff(after)) * 20 > u128::from(before)),
        (None, None) => false,
        _ => true,
    }
}

/// The modules, those whose fuel changed first.
pub(super) fn fuel(counts: &Counts, most: usize) -> First<(&str, &Fuel)> {
    let mut rows: Vec<_> = counts.fuel.iter().map(|(module, fuel)| (module.as_str(), fuel)).collect();
    rows.sort_by_key(|(_, fuel)| !fuel_changed(fuel));
    First::of(rows, most)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn what_matters_comes_first() {
        let (report, checked) = (sample::report(), sample::checked());
        let limits = limits(&checked, 3);
        assert_eq!(limits.rows.iter().map(|one| one.exceeded).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(limits.left, 1);
        let fields = names(&report.counts, Dimension::Field, 2);
        assert!(fields.rows[0].1.changed().count >= fields.rows[1].1.changed().count);
        assert_eq!(fields.left, 3);
    }

    #[test]
    fn fuel_changes_by_five_percent_or_by_presence() {
        let of = |number: u64| {
            let mut fuel = Distribution::default();
            (number > 0).then(|| fuel.count(number));
            fuel
        };
        let changed = |before, after| fuel_changed(&Fuel { before: of(before), after: of(after) });
        assert_eq!([changed(100, 105), changed(100, 106), changed(100, 94)], [false, true, true]);
        assert_eq!([changed(0, 0), changed(0, 1), changed(1, 0)], [false, true, true]);
    }
}
