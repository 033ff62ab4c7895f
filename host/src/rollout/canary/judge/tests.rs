use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::model::{Arm, Assignment, Outcome, RecordRef};
use crate::rollout::{ArmCounts, Evidence, Observed};

const ROLLOUTS: u32 = 10_000;
const HALF: Share = Share(5_000);

/// How often what happens to a record of an arm.
#[derive(Clone, Copy)]
struct Rates {
    faults: f64,
    overrides: f64,
    corrections: f64,
    reviews: f64,
    differing: f64,
    costlier: f64,
}

/// Those of the active set.
const KNOWN: Rates =
    Rates { faults: 0.01, overrides: 0.05, corrections: 0.01, reviews: 0.2, differing: 0.0, costlier: 0.0 };

/// Those of a canary that is just as bad as the usual gates allow.
const AT_THE_LIMITS: Rates =
    Rates { faults: 0.02, overrides: 0.1, corrections: 0.03, reviews: 0.3, differing: 0.1, costlier: 0.1 };

/// Those of a canary that is about as good as the active set.
const GOOD: Rates =
    Rates { faults: 0.001, overrides: 0.02, corrections: 0.002, reviews: 0.2, differing: 0.02, costlier: 0.01 };

/// What is asked, and when.
struct Looks<'a> {
    gates: &'a Gates,
    /// The rates of the canary and of the active set, half of the records each.
    rates: (Rates, Rates),
    /// How often.
    number: u32,
    /// After so many more records of each arm.
    after: u16,
}

fn observe(random: &mut Xoshiro256PlusPlus, arm: &mut ArmCounts, rates: &Rates) {
    let mut happens = |rate| u64::from(random.random_bool(rate));
    arm.records += 1;
    arm.faults += happens(rates.faults);
    arm.overrides += happens(rates.overrides);
    arm.corrections += happens(rates.corrections);
    arm.reviews += happens(rates.reviews);
}

/// One rollout: what the gates say when one of them first does not let it stay, when all have passed, or in the end.
fn rollout(random: &mut Xoshiro256PlusPlus, looks: &Looks<'_>) -> GatesReport {
    let mut counts = Counts::default();
    let mut step = StepCounts { share: HALF, ..StepCounts::default() };
    for _ in 0..looks.number {
        for _ in 0..looks.after {
            let (canary, active) = looks.rates;
            observe(random, &mut counts.canary, &canary);
            observe(random, &mut counts.active, &active);
            counts.judged += 1;
            counts.differing += u64::from(random.random_bool(canary.differing));
            counts.costlier += u64::from(random.random_bool(canary.costlier));
            step.records += 1;
            // And one bucket of those that were not seen yet, of either arm.
            let seen = u32::try_from(step.canary_buckets + step.active_buckets).unwrap();
            let of_canary = u32::from(HALF.0) - u32::try_from(step.canary_buckets).unwrap();
            let in_canary = random.random_bool(f64::from(of_canary) / f64::from(u32::from(BUCKETS) - seen));
            step.canary_buckets += u64::from(in_canary);
            step.active_buckets += u64::from(!in_canary);
        }
        counts.steps = vec![step];
        let report = looks.gates.judge(counts.clone(), HALF);
        if report.standing != Standing::Holds {
            return report;
        }
    }
    looks.gates.judge(counts, HALF)
}

/// How many of so many rollouts end in each way.
#[derive(Debug, Default)]
struct Ends {
    passed: u32,
    ended: u32,
}

fn rollouts(number: u32, looks: &Looks<'_>) -> Ends {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0x9a7e);
    let mut ends = Ends::default();
    for _ in 0..number {
        match rollout(&mut random, looks).standing {
            Standing::Passed => ends.passed += 1,
            Standing::Failed | Standing::Broken => ends.ended += 1,
            Standing::Holds => {}
        }
    }
    ends
}

/// Three standard deviations more than 5 % of all rollouts.
const MOST_WRONG: u32 = 565;

// Rollouts of whole reports are looked at after every fiftieth record, and not after each, to save time: what holds for all
// looks holds for some of them. Looks after each record are tried beside the sequential tests.

#[test]
fn a_canary_whose_rates_are_all_at_their_limits_is_hardly_ever_ended_or_let_pass() {
    let gates = Gates::default();
    let ends = rollouts(ROLLOUTS, &Looks { gates: &gates, rates: (AT_THE_LIMITS, KNOWN), number: 10, after: 50 });
    assert!(ends.ended <= MOST_WRONG && ends.passed <= MOST_WRONG, "{ends:?}");
}

#[test]
fn a_single_gate_at_its_limit_is_hardly_ever_wrong_either() {
    let none = Gates {
        samples: 0,
        faults: None,
        disagreement: None,
        overrides: None,
        corrections: None,
        review_load: None,
        fuel: None,
    };
    let difference = Gates { review_load: Some(Share(1_000)), ..none.clone() };
    let rate = Gates { disagreement: Some(Share(1_000)), ..none };
    for gates in [difference, rate] {
        let ends = rollouts(ROLLOUTS, &Looks { gates: &gates, rates: (AT_THE_LIMITS, KNOWN), number: 10, after: 50 });
        assert!(ends.ended <= MOST_WRONG && ends.passed <= MOST_WRONG, "{gates:?}: {ends:?}");
    }
}

#[test]
fn a_good_canary_passes_and_a_bad_one_ends_by_the_gate_that_tells() {
    let (gates, good) = (Gates::default(), Rates { faults: 0.0, corrections: 0.002, overrides: 0.02, ..KNOWN });
    let ends = rollouts(300, &Looks { gates: &gates, rates: (GOOD, good), number: 12, after: 400 });
    assert!(ends.passed >= 290 && ends.ended <= 10, "{ends:?}");
    let bad: [(Gate, Rates); 6] = [
        (Gate::Faults, Rates { faults: 0.06, ..GOOD }),
        (Gate::Disagreement, Rates { differing: 0.3, ..GOOD }),
        (Gate::Overrides, Rates { overrides: 0.25, ..GOOD }),
        (Gate::Corrections, Rates { corrections: 0.1, ..GOOD }),
        (Gate::ReviewLoad, Rates { reviews: 0.55, ..GOOD }),
        (Gate::Fuel, Rates { costlier: 0.3, ..GOOD }),
    ];
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0xbad);
    for (gate, rates) in bad {
        let looks = Looks { gates: &gates, rates: (rates, good), number: 20, after: 100 };
        let fails = |result: &GateResult| result.gate == gate && result.verdict == GateVerdict::Failed;
        let found = (0..100).filter(|_| rollout(&mut random, &looks).gates.iter().any(fails)).count();
        assert!(found >= 97, "{gate:?} ended {found} of 100");
    }
}

fn arm(records: u64, faults: u64) -> ArmCounts {
    ArmCounts { records, faults, ..ArmCounts::default() }
}

fn result(report: &GatesReport, gate: Gate) -> (GateVerdict, &str) {
    let found = report.gates.iter().find(|result| result.gate == gate).unwrap();
    (found.verdict, &found.why)
}

#[test]
fn each_gate_says_by_what() {
    let step = StepCounts { share: Share(500), records: 150, active_buckets: 1_900, canary_buckets: 100 };
    let counts = Counts { active: arm(8_101, 2), canary: arm(412, 3), steps: vec![step], ..Counts::default() };
    let report = Gates::default().judge(counts.clone(), Share(500));
    assert_eq!((report.standing, report.share), (Standing::Holds, Share(500)));
    let order: Vec<_> = report.gates.iter().map(|result| result.gate).collect();
    assert!(order.is_sorted() && order.len() == 8, "{order:?}");
    assert_eq!(result(&report, Gate::Samples), (GateVerdict::Inconclusive, "150 records at 5%, where 200 are needed"));
    let (verdict, why) = result(&report, Gate::Faults);
    assert_eq!(verdict, GateVerdict::Inconclusive);
    let begins = "3 of 412 records against 2 of 8101 of the active set, where at most 1% more are allowed and between ";
    assert!(why.starts_with(begins) && why.ends_with("% more are likely"), "{why}");
    assert_eq!(
        result(&report, Gate::Disagreement),
        (GateVerdict::Inconclusive, "0 of 0 records, where at most 10% are allowed and between 0% and 100% are likely")
    );
    assert_eq!(
        result(&report, Gate::Sizes),
        (
            GateVerdict::Passed,
            "100 of 2000 buckets are the canary's, where 5% of them are planned, which can be by chance"
        )
    );
    // What another step has shown is not what this one needs.
    let next = Gates::default().judge(counts, Share(1_000));
    assert_eq!(result(&next, Gate::Samples).1, "0 records at 10%, where 200 are needed");
    assert_eq!(result(&next, Gate::Sizes).0, GateVerdict::Inconclusive);
}

#[test]
fn without_anything_to_compare_with_nothing_passes() {
    let faults = Gates { faults: Some(Share(9_000)), ..Gates::default() };
    let report = faults.judge(Counts { canary: arm(10_000, 0), ..Counts::default() }, HALF);
    let why = "the active set has decided about no record that could be compared";
    assert_eq!(result(&report, Gate::Faults), (GateVerdict::Inconclusive, why));
}

#[test]
fn a_gate_that_is_not_asked_says_nothing() {
    let one = Gates { samples: 10, faults: None, overrides: None, corrections: None, ..Gates::default() };
    let gates = Gates { review_load: None, disagreement: None, ..one };
    let step = StepCounts { share: HALF, records: 10, active_buckets: 10, canary_buckets: 10 };
    let counts = Counts { judged: 1_000, steps: vec![step], ..Counts::default() };
    let report = gates.judge(counts.clone(), HALF);
    let asked: Vec<_> = report.gates.iter().map(|result| result.gate).collect();
    assert_eq!((asked, report.standing), (vec![Gate::Samples, Gate::Fuel, Gate::Sizes], Standing::Passed));
    let failed = gates.judge(Counts { costlier: 500, ..counts }, HALF);
    assert_eq!((failed.standing, result(&failed, Gate::Fuel).0), (Standing::Failed, GateVerdict::Failed));
}

#[test]
fn one_record_that_comes_again_and_again_proves_no_more_than_once() {
    let mut evidence = Evidence::default();
    let mut decided = |id: u16, arm: Arm, faulted: bool| {
        let record = RecordRef { system: "hubspot".into(), object: "contact".into(), id: id.to_string() };
        let bucket = if arm == Arm::Canary { id } else { HALF.0 + id };
        let assignment = Assignment { canary: 9, salt: "00".into(), bucket, share: HALF.0, arm };
        let (record, assignment) = (&record, &assignment);
        evidence.decision(&Observed { record, assignment, outcome: Outcome::Review, faulted, beside: None });
    };
    for id in 0..100 {
        decided(id, Arm::Canary, false);
        decided(1_000 + id, Arm::Active, false);
    }
    for _ in 0..1_000 {
        decided(100, Arm::Canary, true);
    }
    let report = Gates::default().judge(evidence.counts(), HALF);
    let (verdict, why) = result(&report, Gate::Faults);
    assert!(verdict == GateVerdict::Inconclusive && why.starts_with("1 of 101 records against 0 of 100"), "{why}");
    // Taken for so many records, that would be more than enough.
    let each = Counts { canary: arm(1_100, 1_000), ..report.counts.clone() };
    assert_eq!(Gates::default().judge(each, HALF).standing, Standing::Failed);
}

#[test]
fn arms_of_wrong_sizes_mean_that_nothing_counts() {
    let sizes = |active_buckets, canary_buckets| {
        let step = StepCounts { share: Share(500), records: 1_000, active_buckets, canary_buckets };
        Gates::default().judge(Counts { steps: vec![step], ..Counts::default() }, Share(500))
    };
    let broken = sizes(4_650, 350);
    assert_eq!((broken.standing, result(&broken, Gate::Sizes).0), (Standing::Broken, GateVerdict::Failed));
    assert!(result(&broken, Gate::Sizes).1.ends_with("which is not by chance: what was counted means nothing"));
    assert_eq!(sizes(4_750, 250).standing, Standing::Holds);
    // All buckets are known: one more than there are cannot be.
    assert_eq!((sizes(9_500, 500).standing, sizes(9_499, 501).standing), (Standing::Holds, Standing::Broken));
    assert_eq!(sizes(0, 20).standing, Standing::Broken);
}

#[test]
fn shares_are_written_with_two_decimals_at_most() {
    for (share, text) in [(0.0, "0%"), (1.0, "100%"), (0.1, "10%"), (0.012_34, "1.23%"), (0.005, "0.5%"), (1e-9, "0%")]
    {
        assert_eq!(percent(share), text);
    }
    assert_eq!((more(-0.25), more(0.0)), ("25% fewer".to_owned(), "0% more".to_owned()));
}
