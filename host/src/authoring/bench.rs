//! `policy bench`: what calls of a module take, in time and fuel.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::test::{Given, Said, Subject};
use crate::sandbox::SandboxError;

/// How long the measurement of one module goes on at least.
const LEAST: Duration = Duration::from_millis(500);

/// Rounds over all inputs, at least and at most.
const ROUNDS: std::ops::RangeInclusive<usize> = 5..=1_000;

/// The spread of a measured quantity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The median.
    pub p50: f64,
    /// What one in a hundred is above.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

/// What the calls of one module took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Microseconds of a call; of each input's calls the median.
    pub time: Spread,
    /// Fuel of a call.
    pub fuel: Spread,
    /// How many inputs there were.
    pub inputs: usize,
    /// How many of them ended in a fault.
    pub faults: usize,
}

/// Measures modules on the same inputs, in turns within each round, so that what else the machine does hits all alike.
///
/// # Errors
/// If a component is refused, or the sandbox fails.
pub fn bench(subjects: &mut [Subject<'_>], inputs: &[Given]) -> Result<Vec<Measured>, SandboxError> {
    let mut times: Vec<Vec<Vec<f64>>> = subjects.iter().map(|_| vec![Vec::new(); inputs.len()]).collect();
    let mut fuel = vec![Vec::new(); subjects.len()];
    let mut faults = vec![0; subjects.len()];
    // Loads the modules, and gives the fuel, which is the same in each round.
    for ((subject, fuel), faults) in subjects.iter_mut().zip(&mut fuel).zip(&mut faults) {
        for given in inputs {
            let answered = subject.answer(given)?;
            #[expect(clippy::cast_precision_loss, reason = "fuel is far below 2^52")]
            fuel.push(answered.fuel as f64);
            *faults += usize::from(matches!(answered.said, Said::Fault(_)));
        }
    }
    let started = Instant::now();
    let least = LEAST * u32::try_from(subjects.len()).unwrap_or(1);
    for round in 1..=*ROUNDS.end() {
        for (input, given) in inputs.iter().enumerate() {
            for (subject, times) in subjects.iter_mut().zip(&mut times) {
                let begun = Instant::now();
                subject.answer(given)?;
                if let Some(times) = times.get_mut(input) {
                    times.push(begun.elapsed().as_secs_f64() * 1e6);
                }
            }
        }
        if round >= *ROUNDS.start() && started.elapsed() >= least {
            break;
        }
    }
    let medians = |times: Vec<Vec<f64>>| times.into_iter().map(|times| spread(times).p50).collect();
    let each = times.into_iter().zip(fuel).zip(faults);
    Ok(each
        .map(|((times, fuel), faults)| Measured {
            time: spread(medians(times)),
            fuel: spread(fuel),
            inputs: inputs.len(),
            faults,
        })
        .collect())
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| {
        let index = (values.len() * share).div_ceil(100).saturating_sub(1);
        values.get(index).copied().unwrap_or_default()
    };
    Spread { p50: at(50), p99: at(99), max: at(100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(spread(values), Spread { p50: 100.0, p99: 198.0, max: 200.0 });
        assert_eq!(spread(vec![3.0]), Spread { p50: 3.0, p99: 3.0, max: 3.0 });
        assert_eq!(spread(Vec::new()), Spread { p50: 0.0, p99: 0.0, max: 0.0 });
    }
}
