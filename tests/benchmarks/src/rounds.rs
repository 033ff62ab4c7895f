//! The method: variants as closures, interleaved round by round, each round long enough for the clock.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

/// How many rounds there are at least.
const ROUNDS: usize = 15;

/// How long one variant runs in one round.
const ROUND: Duration = Duration::from_millis(20);

/// One thing to be measured.
pub struct Variant<'a> {
    pub name: String,
    run: Box<dyn FnMut() + 'a>,
}

/// What was measured: nanoseconds of each run, by round.
pub struct Measured {
    pub name: String,
    pub rounds: Vec<f64>,
}

impl<'a> Variant<'a> {
    pub fn new(name: impl Into<String>, run: impl FnMut() + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }
}

impl Measured {
    pub fn min(&self) -> f64 {
        self.rounds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub fn median(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// The median of this variant's time over another's, round by round.
    pub fn ratio_to(&self, other: &Self) -> f64 {
        median(self.rounds.iter().zip(&other.rounds).map(|(own, other)| own / other).collect())
    }
}

/// Processor time of this thread alone, so that what else the machine does counts little.
pub fn processor_time(variants: Vec<Variant<'_>>) -> Vec<Measured> {
    measure(variants, |run| {
        let start = ThreadTime::now();
        run();
        start.elapsed()
    })
}

/// Time on the wall, for what uses threads, disks or other processes.
pub fn wall_time(variants: Vec<Variant<'_>>) -> Vec<Measured> {
    measure(variants, |run| {
        let start = Instant::now();
        run();
        start.elapsed()
    })
}

fn measure(mut variants: Vec<Variant<'_>>, clock: impl Fn(&mut dyn FnMut()) -> Duration) -> Vec<Measured> {
    let repeats: Vec<u32> = variants.iter_mut().map(|variant| repeats(variant, &clock)).collect();
    let mut measured: Vec<_> =
        variants.iter().map(|variant| Measured { name: variant.name.clone(), rounds: Vec::new() }).collect();
    for _ in 0..ROUNDS {
        for ((variant, repeats), measured) in variants.iter_mut().zip(&repeats).zip(&mut measured) {
            let elapsed = clock(&mut || (0..*repeats).for_each(|_| (variant.run)()));
            measured.rounds.push(elapsed.as_nanos() as f64 / f64::from(*repeats));
        }
    }
    measured
}

/// Warms a variant up, and finds how often it runs in a round.
fn repeats(variant: &mut Variant<'_>, clock: &impl Fn(&mut dyn FnMut()) -> Duration) -> u32 {
    let mut repeats = 1;
    loop {
        let elapsed = clock(&mut || (0..repeats).for_each(|_| (variant.run)()));
        if elapsed >= ROUND / 2 {
            let wanted = f64::from(repeats) * ROUND.as_secs_f64() / elapsed.as_secs_f64();
            return (wanted as u32).max(1);
        }
        repeats *= 2;
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
