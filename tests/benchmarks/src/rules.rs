//! Rules that stand in a set as text: parsed once and snapshotted, against the same module that parses its rule in every
//! call.

use countersign::model::Limits;
use countersign::sandbox::{Module, Scratch};

use crate::rounds::{Variant, processor_time};
use crate::{examples, inputs, table};

/// The most that a call may take of one that parses.
const AT_MOST: f64 = 0.3;

pub fn table() {
    let catalogue = inputs::catalogue();
    let suggestions = inputs::generated();
    let known: Vec<_> = suggestions.iter().map(|suggestion| inputs::facts(suggestion, &catalogue)).collect();
    let sandbox = inputs::sandbox(1);
    let run = |name: String, module: Module| {
        let mut inputs = suggestions.iter().zip(&known).cycle();
        let mut scratch = Scratch::default();
        Variant::new(name, move || {
            let (suggestion, facts) = inputs.next().unwrap();
            module.decide(&mut scratch, suggestion, facts, &[]).result.unwrap();
        })
    };
    let mut variants = Vec::new();
    let mut fuel = Vec::new();
    for language in examples::LANGUAGES {
        let component = examples::component(language);
        let rules = examples::of(language);
        let plain = examples::load(&sandbox, &component, &rules[0], false);
        for rule in rules {
            let once = examples::load(&sandbox, &component, &rule, true);
            let each_time = plain.with_settings(&rule.settings.to_string(), Limits::DEFAULT).unwrap();
            let mut scratch = Scratch::default();
            let mut used: Vec<u64> = Vec::new();
            for (suggestion, facts) in suggestions.iter().zip(&known) {
                let answers = [&once, &each_time].map(|module| module.decide(&mut scratch, suggestion, facts, &[]));
                assert_eq!(answers[0].result, answers[1].result, "{language} {}, {}", rule.name, suggestion.id);
                used.push(answers[0].fuel);
            }
            used.sort_unstable();
            fuel.push(used[used.len() / 2]);
            variants.push(run(format!("{language}, `{}`", rule.name), once));
            variants.push(run(String::new(), each_time));
        }
    }
    let measured = processor_time(variants);
    table::heading("Rules in Rego, Cedar and CEL: parsed once, and parsed in every call");
    println!("| rule | fuel | median µs | parsed in every call, µs | of this | promised |");
    println!("| --- | ---: | ---: | ---: | ---: | --- |");
    for (pair, fuel) in measured.chunks_exact(2).zip(fuel) {
        let ratio = pair[0].ratio_to(&pair[1]);
        let (once, each_time) = (table::micros(pair[0].median()), table::micros(pair[1].median()));
        let promised = table::promised(ratio, AT_MOST);
        println!("| {} | {fuel} | {once} | {each_time} | {ratio:.3} | {promised} |", pair[0].name);
    }
    println!("\nEqual verdicts on {} suggestions.\n", suggestions.len());
}
