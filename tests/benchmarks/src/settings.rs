//! A policy with 10,000 entries of settings against the same without any.

use std::fmt::Write as _;

use countersign::sandbox::{Module, Scratch};

use crate::inputs;
use crate::rounds::{Variant, processor_time};
use crate::table::{Promise, against};

const ENTRIES: usize = 10_000;

/// Settings with so many records that no assistant may change; none of those that are judged.
pub fn settings(entries: usize) -> String {
    let mut list = String::new();
    for n in 0..entries {
        write!(list, "{}\"rec-frozen-{n:06}\"", if n == 0 { "" } else { "," }).unwrap();
    }
    format!("{{\"frozen\":[{list}]}}")
}

pub fn table() {
    let catalogue = inputs::catalogue();
    let suggestions = inputs::generated();
    let known: Vec<_> = suggestions.iter().map(|suggestion| inputs::facts(suggestion, &catalogue)).collect();
    let sandbox = inputs::sandbox(1);
    let (many, none) = (inputs::module(&sandbox, &settings(ENTRIES)), inputs::module(&sandbox, &settings(0)));
    let mut scratch = Scratch::default();
    for (suggestion, facts) in suggestions.iter().zip(&known) {
        let [many, none] = [&many, &none].map(|module| module.decide(&mut scratch, suggestion, facts, &[]).result);
        assert_eq!(many, none);
    }
    let run = |module: &'static str, loaded: Module| {
        let mut inputs = suggestions.iter().zip(&known).cycle();
        let mut scratch = Scratch::default();
        Variant::new(module, move || {
            let (suggestion, facts) = inputs.next().unwrap();
            loaded.decide(&mut scratch, suggestion, facts, &[]).result.unwrap();
        })
    };
    let measured = processor_time(vec![run("10,000 entries, looked up in each call", many), run("none", none)]);
    against("Settings", "settings", &measured, &[Promise { yardstick: "none", at_most: 1.2 }]);
}
