//! The figures of a report by name: what a budget can limit.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::counts::{Counts, Faults, Tally};
use super::slice::{Side, Slice};
use super::wilson::{Estimate, Rate};
use crate::model::Outcome;

/// One figure of the candidate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Its value for the candidate.
    pub value: f64,
    /// Its value for the baseline, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<f64>,
    /// For a rate: the lower end of its 95 % interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// For a rate: the upper end of its 95 % interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// The figures of a whole report. A figure that cannot be computed is there without a value.
#[must_use]
pub fn figures(counts: &Counts) -> BTreeMap<String, Option<Figure>> {
    let mut all = of_slice(&counts.all);
    let unreplayed: u64 = counts.not_replayable.values().map(|tally| tally.count).sum();
    let history = counts.all.suggestions() + unreplayed;
    insert(&mut all, "not-replayable", Some(number(unreplayed)));
    insert(&mut all, "not-replayable-rate", rate(Rate { count: unreplayed, of: history }, None));
    insert(&mut all, "other-reasons", Some(number(counts.other_reasons.count)));
    let faults = |kind: fn(&Faults) -> &Tally| counts.faults.values().map(|faults| kind(faults).count).sum::<u64>();
    let (new, gone, kept) = (faults(|all| &all.new), faults(|all| &all.gone), faults(|all| &all.kept));
    insert(&mut all, "faults", Some(compared(new + kept, gone + kept)));
    insert(&mut all, "new-faults", Some(number(new)));
    for (module, fuel) in &counts.fuel {
        let (before, after) = (&fuel.before, &fuel.after);
        let spread = |value: Option<f64>, before| value.map(|value| Figure { before, ..plain(value) });
        let percentile = |percent| {
            let of = |distribution: &super::Distribution| distribution.percentile(percent).map(float);
            spread(of(after), of(before))
        };
        insert(&mut all, &format!("fuel.{module}.mean"), spread(after.mean(), before.mean()));
        insert(&mut all, &format!("fuel.{module}.p50"), percentile(50));
        insert(&mut all, &format!("fuel.{module}.p99"), percentile(99));
        insert(&mut all, &format!("fuel.{module}.max"), percentile(100));
    }
    all
}

/// The figures that a part of the suggestions has as well.
#[must_use]
pub fn of_slice(slice: &Slice) -> BTreeMap<String, Option<Figure>> {
    let mut all = BTreeMap::new();
    let suggestions = slice.suggestions();
    let some = |figure: Figure| (suggestions > 0).then_some(figure);
    insert(&mut all, "suggestions", Some(number(suggestions)));
    insert(&mut all, "labelled", Some(number(slice.labelled())));
    for (name, rate_of) in
        [("changed", slice.changed()), ("loosened", slice.loosened()), ("tightened", slice.tightened())]
    {
        insert(&mut all, name, some(number(rate_of.count)));
        insert(&mut all, &format!("{name}-rate"), rate(rate_of, None));
    }
    for before in Outcome::ALL {
        for after in Outcome::ALL.into_iter().filter(|after| *after != before) {
            let name = format!("from-{}-to-{}", before.as_str(), after.as_str());
            insert(&mut all, &name, some(number(slice.all.get(before, after))));
        }
    }
    insert(&mut all, "automation-rate", rate(slice.automation(Side::After), Some(slice.automation(Side::Before))));
    for outcome in Outcome::ALL {
        let name = format!("{}-rate", outcome.as_str());
        insert(&mut all, &name, rate(slice.outcome(Side::After, outcome), Some(slice.outcome(Side::Before, outcome))));
    }
    of_truth(&mut all, slice);
    all
}

/// What can be computed only where people have said what was right.
fn of_truth(all: &mut BTreeMap<String, Option<Figure>>, slice: &Slice) {
    let labelled = |figure: Figure| (slice.labelled() > 0).then_some(figure);
    for (names, rate_of) in [
        (["false-applies", "false-apply-rate"], Slice::false_applies as fn(&Slice, Side) -> Rate),
        (["needless-reviews", "needless-review-rate"], Slice::needless_reviews),
        (["false-rejects", "false-reject-rate"], Slice::false_rejects),
    ] {
        let [counted, rated] = names;
        let (before, after) = (rate_of(slice, Side::Before), rate_of(slice, Side::After));
        insert(all, counted, labelled(compared(after.count, before.count)));
        insert(all, rated, rate(after, Some(before)));
    }
    insert(all, "applied-though-wrong", labelled(number(slice.applied_though_wrong().count)));
}

fn insert(all: &mut BTreeMap<String, Option<Figure>>, name: &str, figure: Option<Figure>) {
    all.insert(name.to_owned(), figure);
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52, and fuel need not be exact to the unit")]
fn float(number: u64) -> f64 {
    number as f64
}

fn plain(value: f64) -> Figure {
    Figure { value, before: None, low: None, high: None }
}

fn number(value: u64) -> Figure {
    plain(float(value))
}

fn compared(after: u64, before: u64) -> Figure {
    Figure { before: Some(float(before)), ..number(after) }
}

fn rate(after: Rate, before: Option<Rate>) -> Option<Figure> {
    let Estimate { value, low, high } = after.estimate()?;
    Some(Figure { value, before: before.and_then(Rate::value), low: Some(low), high: Some(high) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Truth;

    #[test]
    fn without_truth_nothing_is_said_about_it() {
        let mut counts = Counts::default();
        counts.all.count(Outcome::Review, Outcome::Apply, None);
        let all = figures(&counts);
        assert_eq!(all["false-apply-rate"], None);
        assert_eq!(all["applied-though-wrong"], None);
        assert_eq!(all["automation-rate"].unwrap().before, Some(0.0));
        assert_eq!(all["from-review-to-apply"], Some(number(1)));
    }

    #[test]
    fn an_empty_history_has_no_rates() {
        let all = figures(&Counts::default());
        let known: Vec<_> = all.iter().filter_map(|(name, figure)| figure.map(|_| name.as_str())).collect();
        assert_eq!(known, ["faults", "labelled", "new-faults", "not-replayable", "other-reasons", "suggestions"]);
    }

    #[test]
    fn with_truth_both_sides_are_told() {
        let mut counts = Counts::default();
        counts.all.count(Outcome::Review, Outcome::Apply, Some(Truth::Reject));
        counts.all.count(Outcome::Apply, Outcome::Apply, Some(Truth::Approve));
        let figure = figures(&counts)["false-apply-rate"].unwrap();
        assert_eq!(figure.before, Some(0.0));
        assert!((figure.value - 0.5).abs() < 1e-9);
    }
}
