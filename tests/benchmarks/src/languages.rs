//! The reference module `confidence` in every language: what its component and its calls cost.

use std::fs;
use std::path::Path;
use std::process::Command;

use countersign::authoring::bounds;
use countersign::model::{Digest, Facts, Suggestion};
use countersign::modules::{Archive, ReleasedModules};
use countersign::sandbox::{Module, Sandbox, Scratch, SetupRequest, Snapshot};
use countersign_tests::toolchain::{Toolchain, reference};

use crate::pipeline::corpus;
use crate::rounds::{Variant, median, processor_time};
use crate::start::program;
use crate::{inputs, table};

/// Rust's is the released module, and the yardstick.
const LANGUAGES: [&str; 6] = ["rust", "c", "go", "javascript", "typescript", "python"];

/// Of so many suggestions of the corpus one is judged.
const ONE_IN: usize = 90;

/// A built module.
struct Row {
    language: &'static str,
    bytes: usize,
    fuel: f64,
    module: Module,
}

pub fn table() {
    let catalogue = inputs::catalogue();
    let suggestions: Vec<_> = inputs::parse(&corpus(usize::MAX)).into_iter().step_by(ONE_IN).collect();
    let known: Vec<_> = suggestions.iter().map(|suggestion| inputs::facts(suggestion, &catalogue)).collect();
    let given: Vec<(&Suggestion, &Facts<'_>)> = suggestions.iter().zip(&known).collect();
    let folder = tempfile::tempdir().unwrap();
    let sandbox = inputs::sandbox(1);
    let mut rows: Vec<Row> = Vec::new();
    let mut missing = Vec::new();
    for language in LANGUAGES {
        match component(language, folder.path()) {
            Ok(component) => rows.push(row(language, &component, &sandbox, &given)),
            Err(why) => missing.push((language, why)),
        }
    }
    assert_agree(&rows, &given);
    let variants = rows.iter().map(|row| {
        let mut inputs = given.iter().cycle();
        let mut scratch = Scratch::default();
        Variant::new(row.language, move || {
            let (suggestion, facts) = inputs.next().unwrap();
            row.module.decide(&mut scratch, suggestion, facts, &[]).result.unwrap();
        })
    });
    let measured = processor_time(variants.collect());
    table::heading("The reference module in every language");
    println!(
        "| language | component, KB | of Rust's | fuel | of Rust's | median µs | of Rust's | a call starts from |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
    for (row, measured_row) in rows.iter().zip(&measured) {
        let from = match row.module.snapshot() {
            Snapshot::Yes => "its snapshot".to_owned(),
            Snapshot::No(why) => format!("the beginning: {why}"),
        };
        println!(
            "| {} | {:.0} | {:.1} | {:.0} | {:.1} | {} | {:.1} | {from} |",
            row.language,
            row.bytes as f64 / 1_000.0,
            row.bytes as f64 / rows[0].bytes as f64,
            row.fuel,
            row.fuel / rows[0].fuel,
            table::micros(measured_row.median()),
            measured_row.ratio_to(&measured[0]),
        );
    }
    for (language, why) in missing {
        println!("| {language} | not built: {why} | | | | | | |");
    }
    println!("\nEqual verdicts on {} suggestions of the corpus; fuel is the median.\n", given.len());
}

/// The component, or what is missing to build it.
fn component(language: &'static str, folder: &Path) -> Result<Vec<u8>, String> {
    if language == "rust" {
        return Ok(ReleasedModules.find(&"confidence@1".parse().unwrap()).unwrap().component.into_owned());
    }
    let tools = Toolchain::find().ok_or("the languages' tools are not named")?;
    let project = folder.join(language);
    reference(language, &project);
    tools.install(&project);
    let mut build = Command::new(program());
    build.args(["policy", "build", language]).current_dir(folder);
    tools.equip(&mut build);
    let ended = build.output().map_err(|error| error.to_string())?;
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr);
        return Err(said.lines().next().unwrap_or_default().replace('|', "/"));
    }
    fs::read(project.join("build/confidence.wasm")).map_err(|error| error.to_string())
}

fn row(language: &'static str, component: &[u8], sandbox: &Sandbox, given: &[(&Suggestion, &Facts<'_>)]) -> Row {
    let (shape, limits) = bounds(["javascript", "typescript", "python"].contains(&language));
    let request = SetupRequest { settings: "{}".to_owned(), shape, strict: true, snapshot: true };
    let module = sandbox.load(component, Digest::of(component), &request, limits).unwrap();
    let mut scratch = Scratch::default();
    let fuel = given.iter().map(|(suggestion, facts)| module.decide(&mut scratch, suggestion, facts, &[]).fuel as f64);
    Row { language, bytes: component.len(), fuel: median(fuel.collect()), module }
}

fn assert_agree(rows: &[Row], given: &[(&Suggestion, &Facts<'_>)]) {
    let mut scratch = Scratch::default();
    for (suggestion, facts) in given {
        let mut said = rows.iter().map(|row| row.module.decide(&mut scratch, suggestion, facts, &[]).result.unwrap());
        let expected = said.next().unwrap();
        assert!(said.all(|verdict| verdict == expected), "the languages differ on {}", suggestion.id);
    }
}
