//! The same rule and history: our replay, and regorus in a loop.

use std::io::{Seek, Write};
use std::sync::atomic::AtomicBool;

use countersign::ledger::EngineRef;
use countersign::model::{Catalogue, Facts, Outcome, Suggestion};
use countersign::modules::{FolderArchive, ReleasedModules, SetFile};
use countersign::pipeline::LoadedSet;
use countersign::replay::{Counts, FileHistory, FileTerms, Labels, Replay, Selection};
use countersign::sandbox::Sandbox;

use crate::inputs;
use crate::rego;
use crate::rounds::{Variant, processor_time};
use crate::table::heading;

/// How often the measured suggestions stand in the history, each time with other ids.
const ROUNDS: usize = 16;

/// The set of the measured policy alone.
fn set(sandbox: &Sandbox) -> LoadedSet<'_> {
    let text = "name = \"measured\"\nversion = \"1.0.0\"\n\n[[policy]]\nmodule = \"guest.wasm\"\n";
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../benchmarks");
    let file = SetFile::parse(text, "measured.toml".as_ref()).unwrap();
    let archive = FolderArchive { folder: folder.as_ref(), named: &ReleasedModules };
    LoadedSet::new(file.resolve(&archive, sandbox).unwrap().into(), sandbox)
}

fn history(suggestions: &[Suggestion]) -> String {
    let line = |round: usize, suggestion: &Suggestion| {
        let one = Suggestion { id: format!("{}-{round}", suggestion.id), ..suggestion.clone() };
        one.canonical().unwrap() + "\n"
    };
    (0..ROUNDS).flat_map(|round| suggestions.iter().map(move |suggestion| line(round, suggestion))).collect()
}

pub fn table(catalogue: &Catalogue, suggestions: &[Suggestion]) {
    let sandbox = inputs::sandbox(1);
    let set = set(&sandbox);
    set.load_all().unwrap();
    let text = history(suggestions);
    let all = suggestions.len() * ROUNDS;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file.rewind().unwrap();
    let file = FileHistory::open(file, Labels::default()).unwrap();
    let engine = EngineRef { version: String::new(), config: String::new() };
    let terms = FileTerms { catalogue, now: Some(inputs::NOW.to_owned()) };
    let stop = AtomicBool::new(false);
    let replay = Replay {
        candidate: &set,
        baseline: Some(&set),
        catalogue: None,
        engine: &engine,
        selection: Selection::default(),
        shard: (1, 1),
        jobs: 1,
        full: false,
        recheck_ppm: 0,
        most: u64::MAX,
        stop: &stop,
    };
    let ours = || {
        let report = replay.report(replay.file::<Counts>(&file, &terms, |_| {}).unwrap());
        assert_eq!(report.counts.work.called, all as u64, "the two sets share their answers");
        report.counts.all.outcome(countersign::replay::Side::After, Outcome::Apply).count
    };
    let mut loops = rego::Loop::new();
    let mut theirs = || {
        let read = inputs::parse(&text);
        let outcomes = read.iter().map(|one| {
            let facts: Facts<'_> = inputs::facts(one, catalogue);
            loops.outcome(one, &facts)
        });
        outcomes.filter(|outcome| *outcome == Outcome::Apply).count() as u64
    };
    assert_eq!(ours(), theirs());
    let measured = processor_time(vec![
        Variant::new("`replay`, all that it reports included", || {
            ours();
        }),
        Variant::new("regorus, interpreter, in a loop over the parsed history", || {
            theirs();
        }),
    ]);
    heading("The same rule and history");
    println!("| what | µs a suggestion | ours, of this |\n| --- | ---: | ---: |");
    for variant in &measured {
        let micros = variant.median() / 1_000.0 / all as f64;
        println!("| {} | {micros:.1} | {:.2} |", variant.name, measured[0].ratio_to(variant));
    }
    println!();
}
