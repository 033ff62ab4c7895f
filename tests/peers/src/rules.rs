//! The example rules of the modules `rego`, `cedar` and `cel`, beside the crates that these modules are made of, called
//! natively: the rule parsed, and everything that it looks at ready in the crate's own form.

mod cedar;
mod cel;
mod document;
mod rego;

use countersign::model::{Facts, Suggestion};
use countersign::sandbox::Scratch;

use crate::rounds::{Measured, Variant, median, processor_time};
use crate::{Peer, examples, inputs, table};

/// What is promised of each language: a call in the sandbox over one of the crate.
const AT_MOST: [f64; 3] = [1.0, 8.0, 20.0];

pub fn table(given: &[(&Suggestion, &Facts<'_>)]) {
    let sandbox = inputs::sandbox(1);
    let mut variants = Vec::new();
    let mut names = Vec::new();
    for language in examples::LANGUAGES {
        let component = examples::component(language);
        for rule in examples::of(language) {
            let module = examples::load(&sandbox, &component, &rule, true);
            let mut scratch = Scratch::default();
            let mut ours = move |input: usize| {
                let (suggestion, facts) = given[input];
                module.decide(&mut scratch, suggestion, facts, &[]).result.unwrap().outcome
            };
            let mut native: Box<dyn Peer> = match language {
                "rego" => Box::new(rego::Interpreter::new(&rule, given)),
                "cedar" => Box::new(cedar::Cedar::new(&rule, given)),
                _ => Box::new(cel::Cel::new(&rule, given)),
            };
            let mut outcomes = [0; 4];
            for (input, (suggestion, _)) in given.iter().enumerate() {
                let outcome = ours(input);
                outcomes[outcome as usize] += 1;
                assert_eq!(native.outcome(input), outcome, "{language} {}, {}", rule.name, suggestion.id);
            }
            names.push(format!("{language}, `{}`: {outcomes:?}", rule.name));
            let mut next = (0..given.len()).cycle();
            variants.push(Variant::new("", move || {
                ours(next.next().unwrap());
            }));
            let mut next = (0..given.len()).cycle();
            variants.push(Variant::new("", move || {
                native.outcome(next.next().unwrap());
            }));
        }
    }
    let measured = processor_time(variants);
    table::heading("Rules in Rego, Cedar and CEL, beside their crates called natively");
    println!("| rule: outcomes | ours, median µs | the crate natively, µs | ratio | promised |");
    println!("| --- | ---: | ---: | ---: | --- |");
    for (of_language, (names, at_most)) in measured.chunks_exact(6).zip(names.chunks_exact(3).zip(AT_MOST)) {
        for (pair, name) in of_language.chunks_exact(2).zip(names) {
            print(name, &[&pair[0]], &[&pair[1]], None);
        }
        let [ours, native] = [0, 1].map(|which| of_language.iter().skip(which).step_by(2).collect::<Vec<_>>());
        print("all three", &ours, &native, Some(at_most));
    }
    println!("\nEqual outcomes on {} suggestions (apply, review, human-only, reject).", given.len());
}

/// A row: the sums of some variants, and their ratio round by round.
fn print(name: &str, ours: &[&Measured], native: &[&Measured], at_most: Option<f64>) {
    let [ours, native] = [ours, native].map(|of| {
        let rounds = of[0].rounds.len();
        (0..rounds).map(|round| of.iter().map(|one| one.rounds[round]).sum()).collect::<Vec<f64>>()
    });
    let ratio = median(ours.iter().zip(&native).map(|(ours, native)| ours / native).collect());
    let [ours, native] = [ours, native].map(|rounds| table::micros(median(rounds)));
    let promised = at_most.map_or_else(String::new, |at_most| table::promised(ratio, at_most));
    println!("| {name} | {ours} | {native} | {ratio:.2} | {promised} |");
}
