//! What the gates say of what was counted. CANARY.md says it for people.

use super::sequential::{Range, Tally};
use super::{BUCKETS, Counts, Gate, GateResult, GateVerdict, Gates, GatesReport, Share, Standing, StepCounts};

/// Of canaries with all their rates within their limits, at most this share is ever ended by one of them, however often the
/// gates are asked; of those with a rate beyond its limit, at most this share is ever let pass. One in twenty, as is usual: who is
/// ended wrongly tries again with more samples, and what passes wrongly is hardly worse than what was allowed.
const LEVEL: f64 = 0.05;

/// The same for the sizes of the arms at one share. It is smaller because what it finds is no bad set but a broken deployment: all
/// that was counted is thrown away.
const SIZES_LEVEL: f64 = 0.001;

impl Gates {
    /// What they say of a canary at a share. They may be asked as often as one likes.
    #[must_use]
    pub fn judge(&self, counts: Counts, share: Share) -> GatesReport {
        let limits = [self.faults, self.disagreement, self.overrides, self.corrections, self.review_load, self.fuel];
        let asked: u8 = limits.iter().map(|limit| u8::from(limit.is_some())).sum();
        // Each of several gates may be wrong, so each has its part of the level (Bonferroni).
        let level = LEVEL / f64::from(asked.max(1));
        let (canary, active, judged) = (counts.canary, counts.active, counts.judged);
        let own =
            |gate, most: Option<Share>, hits| most.map(|most| rate(gate, Tally { hits, of: judged }, most, level));
        let more = |gate, most: Option<Share>, tried, known| {
            let arms = (Tally { hits: tried, of: canary.records }, Tally { hits: known, of: active.records });
            most.map(|most| difference(gate, arms, most, level))
        };
        let step = counts.steps.iter().find(|step| step.share == share).copied();
        let step = step.unwrap_or(StepCounts { share, ..StepCounts::default() });
        let gates = [
            Some(samples(self.samples, step)),
            more(Gate::Faults, self.faults, canary.faults, active.faults),
            own(Gate::Disagreement, self.disagreement, counts.differing),
            more(Gate::Overrides, self.overrides, canary.overrides, active.overrides),
            more(Gate::Corrections, self.corrections, canary.corrections, active.corrections),
            more(Gate::ReviewLoad, self.review_load, canary.reviews, active.reviews),
            own(Gate::Fuel, self.fuel, counts.costlier),
            Some(sizes(step)),
        ];
        let gates: Vec<_> = gates.into_iter().flatten().collect();
        GatesReport { standing: Standing::of(&gates), share, counts, gates }
    }
}

impl Standing {
    fn of(gates: &[GateResult]) -> Self {
        let is = |verdict: GateVerdict| move |gate: &GateResult| gate.verdict == verdict;
        if gates.iter().filter(|gate| gate.gate == Gate::Sizes).any(is(GateVerdict::Failed)) {
            Self::Broken
        } else if gates.iter().any(is(GateVerdict::Failed)) {
            Self::Failed
        } else if gates.iter().all(is(GateVerdict::Passed)) {
            Self::Passed
        } else {
            Self::Holds
        }
    }
}

fn samples(least: u64, step: StepCounts) -> GateResult {
    let StepCounts { share, records, .. } = step;
    let verdict = if records >= least { GateVerdict::Passed } else { GateVerdict::Inconclusive };
    let why = format!("{records} records at {share}, where {least} are needed");
    GateResult { gate: Gate::Samples, verdict, why }
}

/// How often something may happen to the canary's records.
fn rate(gate: Gate, tally: Tally, most: Share, level: f64) -> GateResult {
    let range = tally.range(level);
    let Tally { hits, of } = tally;
    let (low, high) = (percent(range.low), percent(range.high));
    let why =
        format!("{hits} of {of} records, where at most {most} are allowed and between {low} and {high} are likely");
    GateResult { gate, verdict: verdict(range, most), why }
}

/// How much more often something may happen to the canary's records than to others.
fn difference(gate: Gate, (canary, active): (Tally, Tally), most: Share, level: f64) -> GateResult {
    if active.of == 0 {
        let why = "the active set has decided about no record that could be compared".to_owned();
        return GateResult { gate, verdict: GateVerdict::Inconclusive, why };
    }
    // Either range may be wrong, so each has half of the level.
    let (tried, known) = (canary.range(level / 2.0), active.range(level / 2.0));
    let range = Range { low: tried.low - known.high, high: tried.high - known.low };
    let why = format!(
        "{} of {} records against {} of {} of the active set, where at most {most} more are allowed and between {} and \
         {} are likely",
        canary.hits,
        canary.of,
        active.hits,
        active.of,
        more(range.low),
        more(range.high),
    );
    GateResult { gate, verdict: verdict(range, most), why }
}

/// Whether the canary has as many of the buckets that were seen as it must have.
fn sizes(step: StepCounts) -> GateResult {
    let StepCounts { share, active_buckets, canary_buckets, .. } = step;
    let seen = Tally { hits: canary_buckets, of: canary_buckets.saturating_add(active_buckets) };
    // Each bucket is seen once, in an order that nobody can know who does not know the salt.
    let urn = Tally { hits: share.0.into(), of: BUCKETS.into() };
    let (verdict, told) = match seen.of {
        0 => (GateVerdict::Inconclusive, "and nothing can be told of them yet"),
        _ if seen.against_urn(urn) >= -SIZES_LEVEL.ln() => {
            (GateVerdict::Failed, "which is not by chance: what was counted means nothing")
        }
        _ => (GateVerdict::Passed, "which can be by chance"),
    };
    let Tally { hits, of } = seen;
    let why = format!("{hits} of {of} buckets are the canary's, where {share} of them are planned, {told}");
    GateResult { gate: Gate::Sizes, verdict, why }
}

fn verdict(range: Range, most: Share) -> GateVerdict {
    if range.low > most.fraction() {
        GateVerdict::Failed
    } else if range.high <= most.fraction() {
        GateVerdict::Passed
    } else {
        GateVerdict::Inconclusive
    }
}

fn more(share: f64) -> String {
    format!("{} {}", percent(share.abs()), if share < 0.0 { "fewer" } else { "more" })
}

/// A share in percent, with at most two decimals.
fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests;
