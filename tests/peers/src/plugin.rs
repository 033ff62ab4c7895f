//! The rule as a plugin of Extism: its state is kept between calls, or made anew for each.

use countersign::model::{Facts, Outcome, Suggestion};
use extism::{CompiledPlugin, Plugin, PluginBuilder};
use serde_json::Value;

use crate::Peer;
use crate::native::{as_json, named};

const COMPONENT: &[u8] = include_bytes!("../plugin.wasm");

/// As much as a module of ours may use.
const FUEL: u64 = 10_000_000;

pub struct Extism {
    compiled: CompiledPlugin,
    /// The instance of all calls; without it each call has its own.
    reused: Option<Plugin>,
    inputs: Vec<Vec<u8>>,
}

impl Extism {
    pub fn new(given: &[(&Suggestion, &Facts<'_>)], reused: bool) -> Self {
        let builder = PluginBuilder::new(COMPONENT).with_fuel_limit(FUEL).with_cache_disabled();
        let compiled = CompiledPlugin::new(builder).unwrap();
        let reused = reused.then(|| Plugin::new_from_compiled(&compiled).unwrap());
        let inputs = given.iter().map(|(suggestion, facts)| as_json(suggestion, facts).to_string().into_bytes());
        Self { compiled, reused, inputs: inputs.collect() }
    }
}

impl Peer for Extism {
    fn outcome(&mut self, input: usize) -> Outcome {
        let mut fresh;
        let plugin = match &mut self.reused {
            Some(plugin) => plugin,
            None => {
                fresh = Plugin::new_from_compiled(&self.compiled).unwrap();
                &mut fresh
            }
        };
        let said: &[u8] = plugin.call("decide", self.inputs[input].as_slice()).unwrap();
        let verdict: Value = serde_json::from_slice(said).unwrap();
        named(verdict["outcome"].as_str().unwrap())
    }
}
