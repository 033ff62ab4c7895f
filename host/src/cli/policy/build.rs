//! `countersign policy build`.

use std::path::PathBuf;

use anstream::println;
use anyhow::bail;
use clap::Args;

use crate::authoring::{self, Built, Project, Subject, read_cases};
use crate::cli::exit::Done;
use crate::cli::text::{count, grouped};
use crate::cli::{Format, Global, open};

/// What to build.
#[derive(Debug, Args)]
pub(in crate::cli) struct BuildArgs {
    /// The module's folder, with its policy.toml.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Build two times and compare the bytes.
    #[arg(long)]
    twice: bool,
}

pub(super) fn build(global: &Global, args: &BuildArgs) -> anyhow::Result<Done> {
    let project = Project::open(&args.dir)?;
    let sandbox = open::project_sandbox(&project)?;
    let built =
        if args.twice { authoring::build_twice(&project, &sandbox)? } else { authoring::build(&project, &sandbox)? };
    let sample = sample(&project, &sandbox, &built)?;
    let imports: Vec<&str> = built.ready.admitted.logs.then_some("log").into_iter().collect();
    if global.format == Format::Json {
        let shown = serde_json::json!({
            "component": project.component(),
            "digest": built.digest,
            "bytes": built.component.len(),
            "imports": imports,
            "sample": sample.map(|(case, fuel)| serde_json::json!({ "case": case, "fuel": fuel })),
            "reproducible": args.twice.then_some(true),
        });
        println!("{shown:#}");
        return Ok(Done::Yes);
    }
    println!("{}", project.component().display());
    let mut facts = vec![
        ("digest", built.digest.to_string()),
        ("size", count(built.component.len() as u64, "byte")),
        ("imports", if imports.is_empty() { "none".to_owned() } else { imports.join(", ") }),
    ];
    if let Some((case, fuel)) = sample {
        facts.push(("fuel", format!("{} (case {case})", grouped(fuel))));
    }
    if args.twice {
        facts.push(("twice", "a second build made the same bytes".to_owned()));
    }
    for (name, value) in facts {
        println!("  {name:<9} {value}");
    }
    Ok(Done::Yes)
}

/// The first case by name that the module answers, and the fuel of it.
fn sample(
    project: &Project,
    sandbox: &crate::sandbox::Sandbox,
    built: &Built,
) -> anyhow::Result<Option<(String, u64)>> {
    let cases = match read_cases(&project.cases()) {
        Ok(cases) => cases,
        Err(errors) => bail!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    let mut subject = Subject::new(sandbox, &built.component, project.is_scripted());
    for case in cases {
        let answered = subject.answer(&case.given)?;
        if answered.fuel > 0 {
            return Ok(Some((case.name, answered.fuel)));
        }
    }
    Ok(None)
}
