//! `countersign schema`.

use anstream::println;
use clap::{Args, ValueEnum};

use super::exit::Done;
use crate::model::Suggestion;

/// Which schema.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// What the schema is of.
    #[arg(value_enum)]
    of: Of,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// One line of input to `evaluate`.
    Suggestion,
}

pub(super) fn schema(args: &SchemaArgs) -> anyhow::Result<Done> {
    let mut schema = match args.of {
        Of::Suggestion => schemars::schema_for!(Suggestion),
    };
    schema.insert("title".to_owned(), "A suggestion for Countersign".into());
    println!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(Done::Yes)
}
