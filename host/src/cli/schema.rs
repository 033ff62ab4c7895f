//! `countersign schema`.

use anstream::println;
use clap::{Args, ValueEnum};

use super::exit::Done;
use crate::audit::AuditReport;
use crate::model::Suggestion;
use crate::notify::Data;
use crate::replay::Report;

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
    /// The report of `replay` in JSON.
    Replay,
    /// The report of `audit report` in JSON.
    Audit,
    /// The data of what `serve` sends to webhooks.
    Webhook,
    /// What `serve` answers to, as an `OpenAPI` 3.1 document.
    Openapi,
}

pub(super) fn schema(args: &SchemaArgs) -> anyhow::Result<Done> {
    let (mut schema, title) = match args.of {
        Of::Suggestion => (schemars::schema_for!(Suggestion), "A suggestion for Countersign"),
        Of::Replay => (schemars::schema_for!(Report), "A report of countersign replay"),
        Of::Audit => (schemars::schema_for!(AuditReport), "A report of countersign audit"),
        Of::Webhook => (schemars::schema_for!(Data), "The data of a webhook of Countersign"),
        Of::Openapi => {
            println!("{}", serde_json::to_string_pretty(&crate::web::document())?);
            return Ok(Done::Yes);
        }
    };
    schema.insert("title".to_owned(), title.into());
    println!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(Done::Yes)
}
