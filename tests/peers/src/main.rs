//! The rule of `tests/benchmarks/guest` in other policy engines, and the example rules beside the engines that run them
//! in the sandbox, in one process: `tests/bench peers` runs it. Every engine has its input ready in its own form before
//! the clock starts. `countersign-peers serve` is the rule behind a bare server, which `tests/bench serve` measures.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    missing_docs,
    reason = "a measurement ends at the first surprise, and shares the files of its method with the other benchmarks"
)]

use countersign::model::{Facts, Outcome, Suggestion};
use countersign::sandbox::Scratch;

#[path = "../../benchmarks/src/examples.rs"]
mod examples;
#[path = "../../benchmarks/src/inputs.rs"]
mod inputs;
#[path = "../../benchmarks/src/rounds.rs"]
mod rounds;
#[path = "../../benchmarks/src/table.rs"]
mod table;

mod cedar;
mod expression;
mod history;
mod native;
mod plugin;
mod rego;
mod rules;
mod serve;

use rounds::{Measured, Variant, processor_time};

/// A peer with all inputs ready.
pub trait Peer {
    /// What it says of one of them.
    fn outcome(&mut self, input: usize) -> Outcome;
}

/// What the engines keep apart, in words.
const ISOLATION: [&str; 8] = [
    "sandbox: fresh instance a call, fuel, memory and output limits, deterministic",
    "none",
    "none: an interpreter in the host's process",
    "none: a bytecode machine in the host's process, reused",
    "total language in the host's process; no memory limit; one outcome a request",
    "total language in the host's process; no memory limit; no reasons",
    "sandbox with fuel; the instance is that of the calls before",
    "sandbox with fuel: a fresh instance a call",
];

fn main() {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return serve::serve();
    }
    let catalogue = inputs::catalogue();
    let suggestions = inputs::generated();
    let known: Vec<Facts<'_>> = suggestions.iter().map(|suggestion| inputs::facts(suggestion, &catalogue)).collect();
    let given: Vec<(&Suggestion, &Facts<'_>)> = suggestions.iter().zip(&known).collect();

    let sandbox = inputs::sandbox(1);
    let module = inputs::module(&sandbox, "{}");
    let mut scratch = Scratch::default();
    let mut ours = |input: usize| {
        let (suggestion, facts) = given[input];
        module.decide(&mut scratch, suggestion, facts, &[]).result.unwrap().outcome
    };
    let mut peers: Vec<(&str, Box<dyn Peer>)> = vec![
        ("native Rust", Box::new(native::Native::new(&given))),
        ("regorus, interpreter", Box::new(rego::Interpreter::new(&given))),
        ("regorus, compiled", Box::new(rego::Compiled::new(&given))),
        ("cedar-policy", Box::new(cedar::Cedar::new(&given))),
        ("cel", Box::new(expression::Cel::new(&given))),
        ("extism, plugin reused", Box::new(plugin::Extism::new(&given, true))),
        ("extism, plugin made for each call", Box::new(plugin::Extism::new(&given, false))),
    ];

    let mut outcomes = [0; 4];
    for (input, (suggestion, _)) in given.iter().enumerate() {
        let outcome = ours(input);
        outcomes[outcome as usize] += 1;
        for (name, peer) in &mut peers {
            assert_eq!(peer.outcome(input), outcome, "{name}, {}", suggestion.id);
        }
    }

    let mut next = (0..given.len()).cycle();
    let mut variants = vec![Variant::new("ours", || {
        ours(next.next().unwrap());
    })];
    for (name, peer) in &mut peers {
        let mut next = (0..given.len()).cycle();
        variants.push(Variant::new(*name, move || {
            peer.outcome(next.next().unwrap());
        }));
    }
    print(&processor_time(variants));
    println!("{} suggestions with equal outcomes: {outcomes:?} (apply, review, human-only, reject).\n", given.len());
    rules::table(&given);
    history::table(&catalogue, &suggestions);
}

fn print(measured: &[Measured]) {
    table::heading("The same rule in other engines");
    println!("| engine | median µs | ours, of this | isolation |\n| --- | ---: | ---: | --- |");
    for (variant, isolation) in measured.iter().zip(ISOLATION) {
        let ratio = measured[0].ratio_to(variant);
        println!("| {} | {:.2} | {ratio:.2} | {isolation} |", variant.name, variant.median() / 1_000.0);
    }
    println!();
}
