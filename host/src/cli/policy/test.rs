//! `countersign policy test`.

use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

use anstream::{eprintln, println};
use anyhow::{Context, bail};
use clap::Args;

use super::Work;
use crate::authoring::{self, Case, Said, Subject, Summary, Tested, fuzz, junit, read_cases, run_cases, save, update};
use crate::cli::exit::Done;
use crate::cli::text::{count, grouped};
use crate::cli::{Format, Global};

/// What to test, and how.
#[derive(Debug, Args)]
pub(in crate::cli) struct TestArgs {
    /// The module's folder, or a component's file (then with --cases).
    #[arg(default_value = ".", value_name = "DIR|FILE")]
    module: PathBuf,
    /// The folder of cases; the project's `cases/` if not given.
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Run the cases alone whose name contains this.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write what the module says into the cases that expect something else.
    #[arg(long, conflicts_with = "watch")]
    update: bool,
    /// Build and test again whenever a file of the module changes.
    #[arg(long)]
    watch: bool,
    /// Write the results as XML too, in the form of `JUnit`.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Fail if the cases produce a smaller share of the declared codes, such as 100%.
    #[arg(long, value_name = "SHARE")]
    min_codes: Option<Percent>,
    /// Feed so many made-up inputs to the module too; one that fails is made small and kept as a case.
    #[arg(long, value_name = "N")]
    fuzz: Option<u32>,
    /// The seed of what is made up: the same seed makes up the same.
    #[arg(long, value_name = "SEED", default_value_t = 1, requires = "fuzz")]
    seed: u64,
    /// Settings for what is made up, a JSON object.
    #[arg(long, value_name = "JSON", default_value = "{}", requires = "fuzz")]
    settings: String,
}

/// A share in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Percent(f64);

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number: f64 = text.trim_end_matches('%').parse().map_err(|_| format!("`{text}` is no share; write 90%"))?;
        if (0.0..=100.0).contains(&number) { Ok(Self(number)) } else { Err("a share is from 0% to 100%".to_owned()) }
    }
}

pub(super) fn test(global: &Global, args: &TestArgs) -> anyhow::Result<Done> {
    if args.watch {
        return watch(global, args);
    }
    once(global, args, &Work::on(&args.module)?)
}

fn once(global: &Global, args: &TestArgs, work: &Work) -> anyhow::Result<Done> {
    let component = work.component()?;
    let sandbox = work.sandbox()?;
    let folder = match (&args.cases, &work.project) {
        (Some(folder), _) => folder.clone(),
        (None, Some(project)) => project.cases(),
        (None, None) => bail!("{} lies in no module's folder: name its cases with --cases", work.file.display()),
    };
    let cases = match read_cases(&folder) {
        Ok(cases) => cases,
        Err(errors) => {
            bail!("nothing was run\n{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        }
    };
    let chosen: Vec<&Case> =
        cases.iter().filter(|case| args.filter.as_ref().is_none_or(|text| case.name.contains(text))).collect();
    if chosen.is_empty() && args.fuzz.is_none() {
        bail!("no case to run in {}; a case is a JSON file there (see the guest SDK's guide)", folder.display());
    }
    let mut subject = Subject::new(&sandbox, &component, work.is_scripted());
    let summary = run_cases(&mut subject, &chosen).with_context(|| work.file.display().to_string())?;
    if let Some(path) = &args.junit {
        let name = work.file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, junit(&name, &summary)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let failed = if args.update { 0 } else { summary.failed() };
    if args.update {
        update_failed(&chosen, &summary)?;
    }
    let fuzzed = args.fuzz.map(|number| fuzz(&mut subject, &args.settings, args.seed, number)).transpose()?;
    let saved = match fuzzed.as_ref().and_then(|fuzzed| fuzzed.failure.as_ref()) {
        Some((given, why)) => Some((save(&folder, given, why)?, why.clone())),
        None => None,
    };
    // Parts of the cases alone cover parts of the codes.
    let short = args.min_codes.is_some_and(|least| args.filter.is_none() && summary.covered() * 100.0 < least.0);
    if global.format == Format::Json {
        println!("{:#}", as_json(&summary, fuzzed.as_ref(), saved.as_ref()));
    } else {
        show(&summary, args.update);
        if let Some(fuzzed) = &fuzzed {
            println!("{} made up (seed {})", count(fuzzed.tried, "input"), args.seed);
        }
        if let Some((path, why)) = &saved {
            println!("  failed: {why}\n  the smallest input that fails was kept as {}", path.display());
        }
        if args.filter.is_none() {
            show_codes(&summary);
        }
    }
    if short && let Some(least) = args.min_codes {
        eprintln!(
            "the cases produce {:.0}% of the codes; at least {}% are asked for",
            summary.covered() * 100.0,
            least.0
        );
    }
    Ok(if failed > 0 || saved.is_some() || short { Done::No } else { Done::Yes })
}

/// Writes what the module says into the cases that fail.
fn update_failed(cases: &[&Case], summary: &Summary) -> anyhow::Result<()> {
    for (case, tested) in cases.iter().zip(&summary.tested) {
        if !tested.differences.is_empty() {
            update(case, &tested.answered)?;
        }
    }
    Ok(())
}

fn show(summary: &Summary, updated: bool) {
    let (green, red) = (anstyle::AnsiColor::Green.on_default(), anstyle::AnsiColor::Red.on_default().bold());
    let width = summary.tested.iter().map(|tested| tested.name.chars().count()).max().unwrap_or_default();
    for Tested { name, about, answered, differences, .. } in &summary.tested {
        if differences.is_empty() {
            let fuel = grouped(answered.fuel);
            println!("{green}  ok{green:#}    {name:<width$}  {fuel:>9}  {about}");
            continue;
        }
        let word = if updated { "new" } else { "FAIL" };
        println!("{red}  {word:<4}{red:#}  {name:<width$}  {about}");
        for difference in differences {
            println!("          {}", difference.what);
            println!("            {red}expected{red:#}  {}", difference.expected);
            println!("            {green}got{green:#}       {}", difference.got);
        }
        if let Some(log) = &answered.log {
            println!("          logged\n            {}", log.replace('\n', "\n            "));
        }
    }
    let failed = summary.failed();
    let all = count(summary.tested.len() as u64, "case");
    match (failed, updated) {
        (0, _) => println!("{all}, all pass"),
        (_, true) => println!("{all}, {failed} written anew"),
        (_, false) => println!("{all}, {failed} failed"),
    }
}

fn show_codes(summary: &Summary) {
    if summary.missed.is_empty() {
        println!("every declared code was produced ({})", summary.declared.len());
        return;
    }
    println!("codes that no case produced ({} of {}):", summary.missed.len(), summary.declared.len());
    for (code, meaning) in &summary.missed {
        println!("  {code}  {meaning}");
    }
}

fn as_json(
    summary: &Summary,
    fuzzed: Option<&authoring::Fuzzed>,
    saved: Option<&(PathBuf, String)>,
) -> serde_json::Value {
    let cases: Vec<_> = summary
        .tested
        .iter()
        .map(|tested| {
            serde_json::json!({
                "name": tested.name,
                "about": tested.about,
                "passed": tested.differences.is_empty(),
                "fuel": tested.answered.fuel,
                "log": tested.answered.log,
                "fault": match &tested.answered.said { Said::Fault(fault) => Some(fault), _ => None },
                "differences": tested.differences,
            })
        })
        .collect();
    serde_json::json!({
        "cases": cases,
        "failed": summary.failed(),
        "codes": { "declared": summary.declared, "missed": summary.missed },
        "fuzz": fuzzed.map(|fuzzed| serde_json::json!({
            "tried": fuzzed.tried,
            "failure": saved.map(|(path, why)| serde_json::json!({ "why": why, "case": path })),
        })),
    })
}

/// Builds and tests after each change, until it is interrupted.
fn watch(global: &Global, args: &TestArgs) -> anyhow::Result<Done> {
    let work = Work::on(&args.module)?;
    let Some(project) = &work.project else { bail!("--watch needs a module's folder, not a file") };
    match super::watch::watch(&project.folder, || {
        let built = work.sandbox().and_then(|sandbox| Ok(authoring::build(project, &sandbox)?));
        if let Err(error) = built.and_then(|_| once(global, args, &work)) {
            eprintln!("{error:#}");
        }
        println!("— waiting for a change; Ctrl-C ends");
    })? {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages() {
        assert_eq!("100%".parse(), Ok(Percent(100.0)));
        assert_eq!("90".parse(), Ok(Percent(90.0)));
        for bad in ["", "much", "101%", "NaN"] {
            bad.parse::<Percent>().unwrap_err();
        }
    }
}
