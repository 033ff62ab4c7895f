//! `countersign policy inspect`.

use anstream::println;
use anyhow::Context;
use clap::Args;

use super::component;
use crate::cli::exit::Done;
use crate::cli::text::{count, table};
use crate::cli::{Format, Global, open};
use crate::model::Digest;
use crate::modules::Inspected;
use crate::sandbox::{Ready, SetupRequest, Shape, Snapshot};

/// Which module.
#[derive(Debug, Args)]
pub(in crate::cli) struct InspectArgs {
    /// A component's file (ends in .wasm), or a released module: NAME@VERSION.
    module: String,
    /// Settings to describe it with, a JSON object; the module's defaults if none are given.
    #[arg(long, value_name = "JSON")]
    settings: Option<String>,
    /// Let in the larger shape of a module that brings an interpreter.
    #[arg(long)]
    scripted: bool,
}

pub(super) fn inspect(global: &Global, args: &InspectArgs) -> anyhow::Result<Done> {
    let (digest, component) = component(&args.module)?;
    let request = SetupRequest {
        settings: args.settings.clone().unwrap_or_else(|| "{}".to_owned()),
        shape: if args.scripted { Shape::SCRIPTED } else { Shape::ORDINARY },
        strict: args.settings.is_some(),
        snapshot: true,
    };
    let ready = open::bare_sandbox()?.inspect(&component, digest, &request).with_context(|| args.module.clone())?;
    if global.format == Format::Json {
        let shown = serde_json::to_value(Inspected::new(ready, &request, digest, component.len())?)?;
        println!("{shown:#}");
    } else {
        show(&ready, digest, component.len())?;
    }
    Ok(Done::Yes)
}

fn show(ready: &Ready, digest: Digest, bytes: usize) -> anyhow::Result<()> {
    let Ready { admitted, description, snapshot } = ready;
    println!("{}@{}: {}", description.name, description.version, description.summary);
    let or = |list: Vec<String>, none: &str| if list.is_empty() { none.to_owned() } else { list.join(", ") };
    let scope = &description.applies_to;
    let operations = scope.operations.iter().map(|operation| operation.as_str().to_owned()).collect();
    let parts = description.reads.parts.names().into_iter().map(str::to_owned).collect();
    let mut imports = admitted.type_imports.iter().map(|name| format!("{name} (types only)")).collect::<Vec<_>>();
    if admitted.logs {
        imports.insert(0, "log".to_owned());
    }
    let days = description.reads.history_days;
    let facts = [
        ("world", format!("{} of countersign:policy@{}", admitted.kind.as_str(), admitted.version)),
        ("imports", or(imports, "none")),
        ("digest", digest.to_string()),
        ("size", count(bytes as u64, "byte")),
        (
            "snapshot",
            match snapshot {
                Snapshot::Yes => "yes: settings are compiled in".to_owned(),
                Snapshot::No(why) => format!("no: configured before each call, because {why}"),
            },
        ),
        ("operations", or(operations, "all")),
        ("objects", or(scope.objects.clone(), "all")),
        ("changed fields", or(scope.fields.clone(), "any")),
        ("reads", or(parts, "ids, operation, field names and confidences alone")),
        ("values of", or(description.reads.fields.clone(), "no field by name")),
        ("history", if days == 0 { "none".to_owned() } else { count(u64::from(days), "day") }),
    ];
    for (name, value) in facts {
        println!("  {name:<15} {value}");
    }
    println!();
    print_codes(description);
    println!("settings (JSON Schema)");
    let schema: serde_json::Value = serde_json::from_str(&description.settings_schema)?;
    println!("{schema:#}");
    Ok(())
}

fn print_codes(description: &crate::model::Description) {
    let rows = description.codes.iter().map(|code| vec![code.code.clone(), code.meaning.clone()]);
    println!("{}", table(&["code", "meaning"], 2, rows));
}
