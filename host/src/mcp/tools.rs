//! The tools, and what each does.

use std::sync::Arc;

use rmcp::model::{ErrorData, JsonObject, Tool, ToolAnnotations};
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::Value;

use crate::access::Principal;
use crate::model::Suggestion;
use crate::web::{App, Said};

/// What `explain_decision` takes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// The id that the suggestion had.
    id: String,
}

/// What `list_rules` takes: nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// All tools.
pub(super) fn all() -> Vec<Tool> {
    let reads = || ToolAnnotations::new().read_only(true).idempotent(true).open_world(false);
    let records = ToolAnnotations::new().read_only(false).destructive(false).idempotent(true).open_world(false);
    vec![
        Tool::new(
            "suggest_change",
            "Suggest one change of a CRM record. It is decided, and the decision recorded, before this answers. The answer has \
             the outcome (apply, review, human-only or reject) and the reasons. The same suggestion may be sent again under \
             its id.",
            schema::<Suggestion>(),
        )
        .with_annotations(records),
        Tool::new(
            "check_change",
            "Ask what would be decided about a change, as suggest_change takes it. Nothing is recorded.",
            schema::<Suggestion>(),
        )
        .with_annotations(reads()),
        Tool::new(
            "explain_decision",
            "Show the decision about a suggestion that was made before, with the reasons in words.",
            schema::<Which>(),
        )
        .with_annotations(reads()),
        Tool::new(
            "list_rules",
            "List the rules in force: what each is for, where it applies, and what its codes mean.",
            schema::<Nothing>(),
        )
        .with_annotations(reads()),
    ]
}

fn schema<T: JsonSchema>() -> JsonObject {
    match schema_for!(T).to_value() {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    }
}

/// Calls a tool.
pub(super) async fn call(
    app: &Arc<App>,
    principal: Arc<Principal>,
    name: &str,
    arguments: JsonObject,
) -> Result<Said, ErrorData> {
    let given = Value::Object(arguments);
    Ok(match name {
        "suggest_change" => app.suggest(&principal, given.to_string(), true).await,
        "check_change" => app.suggest(&principal, given.to_string(), false).await,
        "explain_decision" => {
            let Which { id } = read(given)?;
            app.explain(principal, id).await
        }
        "list_rules" => {
            let Nothing {} = read(given)?;
            app.rules(&principal)
        }
        _ => return Err(ErrorData::invalid_params(format!("there is no tool `{name}`"), None)),
    })
}

fn read<T: for<'de> Deserialize<'de>>(given: Value) -> Result<T, ErrorData> {
    serde_json::from_value(given).map_err(|error| ErrorData::invalid_params(error.to_string(), None))
}
