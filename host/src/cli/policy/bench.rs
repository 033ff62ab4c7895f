//! `countersign policy bench`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anstream::println;
use anyhow::{Context, bail};
use clap::Args;

use super::Work;
use crate::authoring::{Fuel, Given, Measured, Spread, Subject, bench as measure, generated, profile, read_cases};
use crate::cli::exit::Done;
use crate::cli::text::{count, grouped, table};
use crate::cli::{Format, Global, open};
use crate::model::{Catalogue, parse_line, read_lines};
use crate::runtime::DEFAULT_CATALOGUE;

/// Inputs that are made up where there are no others.
const MADE_UP: usize = 200;

/// Functions of a profile that are shown.
const SHOWN: usize = 20;

/// What to measure, and on what.
#[derive(Debug, Args)]
pub(in crate::cli) struct BenchArgs {
    /// The module's folder, or a component's file.
    #[arg(default_value = ".", value_name = "DIR|FILE")]
    module: PathBuf,
    /// Another version, measured on the same inputs in the same run.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Suggestions to measure with, one JSON object a line; the module's cases, or made-up ones, if not given.
    #[arg(long, value_name = "JSONL")]
    input: Option<PathBuf>,
    /// The catalogue of fields for --input.
    #[arg(long, value_name = "FILE", requires = "input")]
    catalogue: Option<PathBuf>,
    /// Settings for --input and for what is made up, a JSON object.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    settings: String,
    /// Let in the larger shape of a module that brings an interpreter; known for modules in their folders.
    #[arg(long)]
    scripted: bool,
    /// Show by function where the fuel goes: the same on every run.
    #[arg(long)]
    profile: bool,
    /// Draw the profile as a flame graph into this file.
    #[arg(long, value_name = "SVG", requires = "profile")]
    flame: Option<PathBuf>,
}

pub(super) fn bench(global: &Global, args: &BenchArgs) -> anyhow::Result<Done> {
    let work = Work::on(&args.module)?;
    let scripted = args.scripted || work.is_scripted();
    let component = work.component()?;
    let sandbox = open::pooled_sandbox(work.project.as_ref())?;
    let mut subject = Subject::new(&sandbox, &component, scripted);
    let inputs = inputs(args, &work, &mut subject)?;
    if args.profile {
        let fuel = profile(&sandbox, &component, scripted, &inputs)?;
        return show_profile(global, args, &fuel);
    }
    let other = match &args.against {
        Some(path) => Some(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?),
        None => None,
    };
    let mut subjects = vec![subject];
    subjects.extend(other.as_deref().map(|component| Subject::new(&sandbox, component, scripted)));
    let measured = measure(&mut subjects, &inputs)?;
    let names: Vec<String> = [Some(&work.file), args.against.as_ref()]
        .into_iter()
        .flatten()
        .map(|path| path.display().to_string())
        .collect();
    show(global, &names, &measured)?;
    Ok(Done::Yes)
}

/// The inputs to measure with.
fn inputs(args: &BenchArgs, work: &Work, subject: &mut Subject<'_>) -> anyhow::Result<Vec<Given>> {
    if let Some(path) = &args.input {
        return from_file(path, args.catalogue.as_deref(), &args.settings);
    }
    if let Some(project) = &work.project {
        let cases = match read_cases(&project.cases()) {
            Ok(cases) => cases,
            Err(errors) => bail!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
        };
        let mut given = Vec::new();
        for case in cases {
            // What the module is not called for, or refuses to be configured for, takes no time.
            if subject.answer(&case.given)?.fuel > 0 {
                given.push(case.given);
            }
        }
        if !given.is_empty() {
            return Ok(given);
        }
    }
    match subject.module(&args.settings)? {
        Ok(module) => Ok(generated(module.description(), &args.settings, 1, MADE_UP)),
        Err(fault) => bail!("the module cannot be measured: {fault}"),
    }
}

fn from_file(path: &Path, catalogue: Option<&Path>, settings: &str) -> anyhow::Result<Vec<Given>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = catalogue.map(fs::read_to_string).transpose().context("cannot read the catalogue")?;
    let catalogue = Catalogue::parse(text.as_deref().unwrap_or(DEFAULT_CATALOGUE))?;
    let mut inputs = Vec::new();
    for line in read_lines(BufReader::new(file)) {
        let suggestion = line?.and_then(|line| parse_line(&line)).with_context(|| path.display().to_string())?;
        let crate::model::RecordRef { system, object, .. } = &suggestion.target;
        let classes: BTreeMap<_, _> = suggestion
            .field_names()
            .map(|field| (field.to_owned(), catalogue.class(system, object, field).clone()))
            .collect();
        inputs.push(Given {
            settings: settings.to_owned(),
            now: suggestion.received_at.clone(),
            suggestion,
            catalogue: classes,
            history: Vec::new(),
            findings: Vec::new(),
        });
    }
    if inputs.is_empty() {
        bail!("{} holds no suggestion; it takes one JSON object a line", path.display());
    }
    Ok(inputs)
}

fn show(global: &Global, names: &[String], measured: &[Measured]) -> anyhow::Result<()> {
    if global.format == Format::Json {
        println!("{}", serde_json::to_string_pretty(&names.iter().zip(measured).collect::<BTreeMap<_, _>>())?);
        return Ok(());
    }
    let micros = |spread: Spread| [spread.p50, spread.p99, spread.max].map(|value| format!("{value:.1}"));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "fuel is a whole number, not negative")]
    let fuel = |spread: Spread| [spread.p50, spread.p99, spread.max].map(|value| grouped(value as u64));
    let rows = names.iter().zip(measured).map(|(name, measured)| {
        std::iter::once(name.clone()).chain(micros(measured.time)).chain(fuel(measured.fuel)).collect::<Vec<_>>()
    });
    println!("{}", table(&["module", "µs p50", "p99", "max", "fuel p50", "p99", "max"], 1, rows));
    if let [new, old] = measured {
        println!(
            "the first takes {:.2} of the time and {:.2} of the fuel of the second, by medians of the same run",
            new.time.p50 / old.time.p50,
            new.fuel.p50 / old.fuel.p50
        );
    }
    for (name, measured) in names.iter().zip(measured) {
        if measured.faults > 0 {
            println!("{name}: {} of {} end in a fault", measured.faults, count(measured.inputs as u64, "input"));
        }
    }
    println!(
        "{}, each call in a fresh instance",
        count(measured.first().map_or(0, |first| first.inputs) as u64, "input")
    );
    Ok(())
}

fn show_profile(global: &Global, args: &BenchArgs, fuel: &Fuel) -> anyhow::Result<Done> {
    if fuel.calls == 0 {
        bail!("no input gets through without a fault: there is nothing to profile");
    }
    let shares = fuel.shares();
    if let Some(path) = &args.flame {
        let title = format!("fuel of {}", args.module.display());
        fs::write(path, fuel.flame_graph(&title)?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if global.format == Format::Json {
        println!("{:#}", serde_json::json!({ "calls": fuel.calls, "fuel": fuel.fuel, "functions": shares }));
        return Ok(Done::Yes);
    }
    println!("{} of fuel in {}", count(fuel.fuel, "unit"), count(fuel.calls as u64, "call"));
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let rows =
        shares.iter().take(SHOWN).map(|share| vec![percent(share.own), percent(share.total), share.function.clone()]);
    println!("{}", table(&["itself", "with calls", "function"], 0, rows));
    if shares.len() > SHOWN {
        println!("… and {} more", shares.len() - SHOWN);
    }
    if let Some(path) = &args.flame {
        println!("flame graph: {}", path.display());
    }
    Ok(Done::Yes)
}
