//! What a set in the shadow would have decided otherwise, for a terminal.

use super::lists::{EXAMPLES, faults, fuel_table, listed, more, not_replayable};
use super::{MOST, causes, changes, matrix};
use crate::replay::render::columns::columns;
use crate::replay::render::rows::First;
use crate::replay::render::words::{grouped, reason_name};
use crate::replay::{CauseReason, ReasonChange, ShadowCounts};

/// The difference as plain text for a terminal, without colours.
#[must_use]
pub fn shadow_text(difference: &ShadowCounts) -> String {
    let counts = &difference.counts;
    [
        matrix(counts),
        changes(counts),
        causes(counts),
        reasons(difference),
        faults(counts),
        fuel_table(counts),
        not_replayable(counts),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}

/// Reasons that one side alone gives.
fn reasons(difference: &ShadowCounts) -> String {
    let First { rows, left } = First::of(difference.changed_reasons(), MOST);
    if rows.is_empty() {
        return String::new();
    }
    let row = |(reason, change): (&CauseReason, &ReasonChange)| {
        let ReasonChange { appears, vanishes } = change;
        let such = if appears.count > 0 { appears } else { vanishes };
        let such = listed(&such.examples, such.count, EXAMPLES, "more");
        vec![reason_name(reason), such, grouped(appears.count), grouped(vanishes.count)]
    };
    "Reasons that one side alone gives\n".to_owned()
        + &columns(&["reason", "such as", "appears", "vanishes"], 2, rows.into_iter().map(row))
        + &more(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::render::sample;

    #[test]
    fn it_shows_outcomes_reasons_faults_and_fuel() {
        let mut difference = ShadowCounts { counts: sample::report().counts, ..ShadowCounts::default() };
        let reason = CauseReason { module: "confidence".into(), code: "confidence.low".into(), field: None };
        let change = difference.reasons.entry(reason).or_default();
        change.vanishes.count(7, "sug-7");
        let said = shadow_text(&difference);
        for line in [
            "Outcomes before (down) and after (across)",
            "     914  review → apply: confidence · confidence.below-threshold [email] no longer objects",
            "Reasons that one side alone gives",
            "confidence · confidence.low",
            "duplicates: fuel  sug-00812, sug-00913    2     0              1",
            "Fuel of calls that changed",
        ] {
            assert!(said.contains(line), "{line}\n{said}");
        }
        assert_eq!(shadow_text(&ShadowCounts::default()), "");
    }
}
