//! `policy bench --profile`: by function, where the fuel of many calls goes; as a table and as a flame graph.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::AuthoringError;
use super::project::bounds;
use super::test::Given;
use crate::model::Digest;
use crate::sandbox::{Profile, Profiler, Sandbox, SandboxError, SetupRequest};

/// Samples of each call: enough to see a function that takes a hundredth of it.
const SAMPLES: u64 = 200;

/// The most inputs that are profiled.
const MOST_INPUTS: usize = 50;

/// The fuel of one function over all calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The function.
    pub function: String,
    /// The share of the fuel that it used itself, from 0 to 1.
    pub own: f64,
    /// With that of what it called.
    pub total: f64,
}

/// Where the fuel of many calls goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fuel {
    /// How many calls were profiled.
    pub calls: usize,
    /// The fuel of all of them.
    pub fuel: u64,
    /// Fuel by stack: the functions from the outermost to the innermost, joined by `;`.
    stacks: BTreeMap<String, u64>,
}

/// Profiles a module on inputs. Calls that end in a fault are left out.
///
/// # Errors
/// If the component or settings are refused, or the sandbox fails.
pub fn profile(sandbox: &Sandbox, component: &[u8], scripted: bool, inputs: &[Given]) -> Result<Fuel, SandboxError> {
    let (shape, limits) = bounds(scripted);
    let digest = Digest::of(component);
    let mut profilers: BTreeMap<&str, Profiler> = BTreeMap::new();
    let mut all = Fuel::default();
    for given in inputs.iter().take(MOST_INPUTS) {
        if !profilers.contains_key(given.settings.as_str()) {
            let settings = given.settings.clone();
            let request = SetupRequest { settings, shape, strict: true, snapshot: !scripted };
            profilers.insert(&given.settings, sandbox.profiler(component, digest, &request, limits)?);
        }
        let Some(profiler) = profilers.get(given.settings.as_str()) else { continue };
        let profile = profiler.profile(&given.suggestion, &given.facts(), &given.findings, SAMPLES);
        if let Some(Profile { fuel, interval, stacks }) = profile {
            all.calls += 1;
            all.fuel += fuel;
            for stack in stacks {
                *all.stacks.entry(stack.join(";")).or_default() += interval;
            }
        }
    }
    Ok(all)
}

impl Fuel {
    /// Every function's share, largest own share first.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        let sampled: u64 = self.stacks.values().sum();
        let (mut own, mut total): (BTreeMap<&str, u64>, BTreeMap<&str, u64>) = (BTreeMap::new(), BTreeMap::new());
        for (stack, fuel) in &self.stacks {
            if let Some(innermost) = stack.rsplit(';').next() {
                *own.entry(innermost).or_default() += fuel;
            }
            // A function that calls itself is counted once a stack.
            for function in stack.split(';').collect::<BTreeSet<_>>() {
                *total.entry(function).or_default() += fuel;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "fuel is far below 2^52")]
        let share = |fuel: u64| fuel as f64 / sampled.max(1) as f64;
        let mut shares: Vec<Share> = total
            .into_iter()
            .map(|(function, total)| Share {
                function: function.to_owned(),
                own: share(own.get(function).copied().unwrap_or_default()),
                total: share(total),
            })
            .collect();
        shares.sort_by(|a, b| b.own.total_cmp(&a.own).then(b.total.total_cmp(&a.total)));
        shares
    }

    /// A flame graph, an SVG that needs nothing else.
    ///
    /// # Errors
    /// If there is nothing to draw.
    pub fn flame_graph(&self, title: &str) -> Result<Vec<u8>, AuthoringError> {
        let lines: Vec<String> = self.stacks.iter().map(|(stack, fuel)| format!("{stack} {fuel}")).collect();
        let mut options = inferno::flamegraph::Options::default();
        title.clone_into(&mut options.title);
        "fuel".clone_into(&mut options.count_name);
        // The same graph for the same profile.
        options.deterministic = true;
        let mut svg = Vec::new();
        inferno::flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), &mut svg).map_err(|error| {
            AuthoringError::File { doing: "draw", path: title.into(), error: std::io::Error::other(error) }
        })?;
        Ok(svg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_calls_itself_is_counted_once() {
        let stacks = [("decide;walk;walk", 30), ("decide;walk", 10), ("decide", 60)];
        let fuel = Fuel {
            calls: 1,
            fuel: 100,
            stacks: stacks.into_iter().map(|(stack, fuel)| (stack.to_owned(), fuel)).collect(),
        };
        let shares = fuel.shares();
        assert_eq!(shares[0], Share { function: "decide".into(), own: 0.6, total: 1.0 });
        assert_eq!(shares[1], Share { function: "walk".into(), own: 0.4, total: 0.4 });
        let svg = String::from_utf8(fuel.flame_graph("m").unwrap()).unwrap();
        assert!(svg.starts_with("<?xml") && svg.contains("walk"));
        assert_eq!(svg.into_bytes(), fuel.flame_graph("m").unwrap());
    }
}
