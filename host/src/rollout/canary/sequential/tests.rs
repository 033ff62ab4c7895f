use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::*;

const ROLLOUTS: u32 = 10_000;
const LEVEL: f64 = 0.05;
/// What a number may be off by after many multiplications.
const ROUNDING: f64 = 1e-9;

fn tally(hits: u32, of: u32) -> Tally {
    Tally { hits: hits.into(), of: of.into() }
}

/// What bets against a rate have won, as a logarithm.
fn against(tally: Tally, rate: f64) -> f64 {
    tally.mixture() - tally.likelihood(rate)
}

/// The most of all rollouts that may be wrong at a level: three standard deviations more than are to be expected at worst.
fn most_wrong(level: f64) -> f64 {
    let expected = f64::from(ROLLOUTS) * level;
    expected + 3.0 * (expected * (1.0 - level)).sqrt()
}

#[test]
fn nobody_can_expect_to_win_against_the_true_rate() {
    for rate in [0.001, 0.05, 0.5, 0.9] {
        for of in 0..40 {
            for hits in 0..=of {
                let now = against(tally(hits, of), rate).exp();
                let hit = rate * against(tally(hits + 1, of + 1), rate).exp();
                let next = hit + (1.0 - rate) * against(tally(hits, of + 1), rate).exp();
                assert!((next / now - 1.0).abs() < ROUNDING, "{hits} of {of} at {rate}: {now}, then {next}");
            }
        }
    }
}

#[test]
fn nobody_can_expect_to_win_against_the_true_urn() {
    let won = |hits: u32, of: u32| tally(hits, of).against_urn(tally(4, 12)).exp();
    for of in 0..12_u32 {
        for hits in 0..=of.min(4) {
            let left = (12 - of, 4 - hits);
            // More others than are in it cannot have been drawn.
            let Some(others_left) = u32::checked_sub(left.0, left.1) else { continue };
            let part = |some: u32| f64::from(some) / f64::from(left.0);
            let hit = if left.1 == 0 { 0.0 } else { part(left.1) * won(hits + 1, of + 1) };
            let other = if others_left == 0 { 0.0 } else { part(others_left) * won(hits, of + 1) };
            let now = won(hits, of);
            // Bets on what cannot be drawn any more are lost.
            let (grows, is_open) = ((hit + other) / now - 1.0, left.1 > 0 && others_left > 0);
            assert!(grows < ROUNDING && (!is_open || grows > -ROUNDING), "{hits} of {of}: {grows}");
        }
    }
    for (hits, of) in [(5, 5), (0, 9), (4, 13)] {
        assert!(won(hits, of).is_infinite(), "{hits} of {of} are not in it");
    }
}

#[test]
fn ranges_are_right_at_their_ends() {
    assert_eq!(tally(0, 0).range(LEVEL), Range { low: 0.0, high: 1.0 });
    // B(5/2, 1/2) / B(1/2, 1/2) is 3/8.
    assert!((against(tally(2, 2), 0.5) - 1.5_f64.ln()).abs() < ROUNDING);
    // 1000 p is about ln 20 + ln √(1000 π), because B(1/2, n + 1/2) / B(1/2, 1/2) is about 1 / √(n π).
    let none = tally(0, 1_000).range(LEVEL);
    assert!((none.high - 0.0070).abs() < 5e-5, "{none:?}");
    let all = tally(1_000, 1_000).range(LEVEL);
    assert!((all.low + none.high - 1.0).abs() < ROUNDING, "{all:?}");
    assert!(against(tally(0, 10), 1.0).is_infinite() && against(tally(10, 10), 0.0).is_infinite());
    for (hits, of) in [(1, 1_000), (1, 2), (30, 100), (99, 100), (2_000_000_000, 4_000_000_000)] {
        let (tally, rate) = (tally(hits, of), f64::from(hits) / f64::from(of));
        let range = tally.range(LEVEL);
        assert!(0.0 < range.low && range.low < rate && rate < range.high && range.high < 1.0, "{tally:?}: {range:?}");
        for end in [range.low, range.high] {
            assert!((against(tally, end) + LEVEL.ln()).abs() < 1e-3, "{tally:?}: {range:?}");
        }
        let surer = tally.range(LEVEL / 10.0);
        assert!(surer.low < range.low && range.high < surer.high, "{tally:?}: {surer:?}");
    }
}

/// What somebody finds who looks after every record.
#[derive(Default)]
struct Found {
    above: u32,
    below: u32,
    /// What a usual test finds: a normal approximation at 5 %, one-sided, asked after every record from the thirtieth on.
    usual: u32,
}

/// Looks at so many rollouts after every one of their records, and asks whether the rate is above or below a limit.
fn look_on(rate: f64, limit: f64, records: u32) -> Found {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0x00ca_9a47);
    let mut found = Found::default();
    for _ in 0..ROLLOUTS {
        let (mut hits, mut won, mut is_told, mut is_usual) = (0_u32, 1.0_f64, false, false);
        for of in 1..=records {
            // The bets of the beta mixture: on each record, by the rate of those before it.
            let bet = (f64::from(hits) + PRIOR) / (f64::from(of - 1) + 2.0 * PRIOR);
            let hit = random.random_bool(rate);
            hits += u32::from(hit);
            won *= if hit { bet / limit } else { (1.0 - bet) / (1.0 - limit) };
            if !is_told && won * LEVEL >= 1.0 {
                let range = tally(hits, of).range(LEVEL);
                is_told = true;
                found.above += u32::from(range.low > limit - ROUNDING);
                found.below += u32::from(range.high < limit + ROUNDING);
                assert!(range.low > limit - ROUNDING || range.high < limit + ROUNDING, "{hits} of {of}: {range:?}");
            }
            let n = f64::from(of);
            let above = (f64::from(hits) - n * limit) / (n * limit * (1.0 - limit)).sqrt();
            is_usual |= of >= 30 && above > 1.645;
            if is_told && is_usual {
                break;
            }
        }
        if !is_told {
            let range = tally(hits, records).range(LEVEL);
            assert!(range.low < limit + ROUNDING && range.high > limit - ROUNDING, "{hits} of {records}: {range:?}");
        }
        found.usual += u32::from(is_usual);
    }
    found
}

#[test]
fn whoever_looks_after_every_record_is_not_wrong_more_often_than_promised() {
    for limit in [0.01, 0.1] {
        let at = look_on(limit, limit, 1_500);
        let wrong = f64::from(at.above + at.below);
        assert!(wrong <= most_wrong(LEVEL), "{wrong} of {ROLLOUTS} at a limit of {limit}");
        // This simulation can tell: what is not made for it fails here.
        assert!(f64::from(at.usual) > 3.0 * f64::from(ROLLOUTS) * LEVEL, "{} with a usual test", at.usual);
    }
}

#[test]
fn what_is_much_worse_or_much_better_is_nearly_always_found() {
    let nearly_all = ROLLOUTS / 100 * 99;
    let worse = look_on(0.15, 0.05, 1_000);
    assert!(
        worse.above >= nearly_all && worse.below <= ROLLOUTS / 1_000,
        "{} above, {} below",
        worse.above,
        worse.below
    );
    let better = look_on(0.01, 0.05, 2_000);
    assert!(
        better.below >= nearly_all && better.above <= ROLLOUTS / 100,
        "{} below, {} above",
        better.below,
        better.above
    );
}

/// How many of so many rollouts are found not to have the sizes that are planned, looking at each new bucket.
fn split(rollouts: u32, (planned, given): (u32, u32), drawn: u32) -> u32 {
    const ALL: u32 = 10_000;
    const WANTED: f64 = 1_000.0;
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0x0005_17e5);
    let mut found = 0;
    for _ in 0..rollouts {
        let (mut hits, mut won, mut of) = (0_u32, 1.0_f64, 0_u32);
        while of < drawn && won < WANTED {
            let left = f64::from(ALL - of);
            let planned_left = (f64::from(planned) - f64::from(hits)) / left;
            let bet = (f64::from(hits) + PRIOR) / (f64::from(of) + 2.0 * PRIOR);
            let hit = random.random_bool(f64::from(given - hits) / left);
            won *= if hit { bet / planned_left } else { (1.0 - bet) / (1.0 - planned_left) };
            hits += u32::from(hit);
            of += 1;
        }
        let against = tally(hits, of).against_urn(tally(planned, ALL));
        assert!(won.is_infinite() || (against - won.ln()).abs() < 1e-6, "{hits} of {of}: {against} and {}", won.ln());
        found += u32::from(won >= WANTED);
    }
    found
}

#[test]
fn arms_of_wrong_sizes_are_found_and_others_hardly_ever() {
    let correct = f64::from(split(ROLLOUTS, (500, 500), 1_500));
    assert!(correct <= most_wrong(0.001), "{correct} of {ROLLOUTS}");
    for (planned, given) in [(500, 700), (500, 300), (5_000, 4_500)] {
        let found = split(1_000, (planned, given), 6_000);
        assert!(found >= 990, "{found} of 1000, {given} for {planned}");
    }
}
