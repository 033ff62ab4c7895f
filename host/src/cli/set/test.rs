//! `countersign set test`.

use std::path::PathBuf;

use anstream::println;
use anyhow::bail;
use clap::Args;
use serde_json::json;

use crate::cli::exit::Done;
use crate::cli::text::count;
use crate::cli::{Format, Global, open};

/// Which set, and which cases.
#[derive(Debug, Args)]
pub(in crate::cli) struct TestArgs {
    /// A set's name, a file that ends in .toml, its digest on record, or `active`.
    set: String,
    /// The folder of the cases: JSON files of one suggestion and what is to be decided; sets/NAME/cases if none is given.
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(super) fn test(global: &Global, args: &TestArgs) -> anyhow::Result<Done> {
    let deployment = open::deployment_or_default(open::home(global), 1)?;
    let set = deployment.load_named(&args.set)?;
    let name = &set.set().set_ref.name;
    let folder = args.cases.clone().unwrap_or_else(|| deployment.home.set_cases(name));
    let tested = deployment.test_set(&set, &folder)?;
    if tested.is_empty() {
        bail!(
            "{} holds no case; a case is a JSON file such as {{\"suggestion\": …, \"expect\": {{\"outcome\": \"review\"}}}}",
            folder.display()
        );
    }
    let failed = tested.iter().filter(|case| !case.passed()).count();
    if global.format == Format::Json {
        println!("{}", json!({ "set": set.set().set_ref, "cases": tested, "failed": failed }));
    } else {
        for case in &tested {
            let mark = if case.passed() { "ok" } else { "no" };
            println!("{mark}  {}  {}", case.name, case.about);
            for difference in &case.differences {
                println!("      {}: expected {}, got {}", difference.what, difference.expected, difference.got);
            }
        }
        println!("\n{}, {failed} failed", count(tested.len() as u64, "case"));
    }
    Ok(if failed == 0 { Done::Yes } else { Done::No })
}
