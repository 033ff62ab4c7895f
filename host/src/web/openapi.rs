//! The description of the service in `OpenAPI` 3.1, made of the same table as the router.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::json::Json;
use super::problem::{Code, PROBLEM_JSON, WrittenProblem};
use super::routes::{Body, Parameter, Route, Who, routes};

pub(super) async fn show() -> Json<&'static Value> {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    Json(DOCUMENT.get_or_init(document))
}

/// The `OpenAPI` document.
#[must_use]
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes() {
        let operation = operation(&route, &mut schemas);
        paths.entry(route.path).or_default().insert(route.method.to_owned(), operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Decides what may happen to a change that an AI assistant suggests for a CRM record.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "securitySchemes": { "token": {
                "type": "http", "scheme": "bearer",
                "description": "A token made with `countersign token create` or `POST /v1/tokens`.",
            } },
        },
    })
}

fn operation(route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let mut responses: BTreeMap<String, Value> = BTreeMap::new();
    let (status, what, bodies) = &route.gives;
    responses.insert(status.to_string(), response(what, bodies, schemas));
    for (status, problems) in problems(route) {
        let body = [Body { kind: PROBLEM_JSON, schema: problem_schema }];
        responses.insert(status.to_string(), response(&problems.join(" "), &body, schemas));
    }
    if let Some((status, what)) = &route.also {
        responses.insert(status.to_string(), response(what, bodies, schemas));
    }
    let mut operation = json!({ "operationId": operation_id(route), "summary": route.summary, "responses": responses });
    let mut set = |key: &str, value: Value| operation.as_object_mut().map(|all| all.insert(key.to_owned(), value));
    if !route.parameters.is_empty() {
        let all: Vec<_> = route.parameters.iter().map(|one| parameter(one, route, schemas)).collect();
        set("parameters", all.into());
    }
    if let Some(body) = &route.takes {
        set("requestBody", json!({ "required": true, "content": content(std::slice::from_ref(body), schemas) }));
    }
    if let Who::Holders(any_of) = route.who {
        let words: Vec<_> = any_of.iter().map(|permission| permission.as_str()).collect();
        set("security", json!([{ "token": [] }]));
        set("x-permissions", words.into());
    }
    operation
}

fn operation_id(route: &Route) -> String {
    let words = route.path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(route.method).chain(words.filter(|word| *word != "v1")).collect::<Vec<_>>().join("-")
}

/// What can go wrong, by status.
fn problems(route: &Route) -> BTreeMap<u16, Vec<String>> {
    let mut codes = route.problems.to_vec();
    codes.extend([Code::Bug, Code::Broken]);
    if !matches!(route.who, Who::Anybody) {
        codes.extend([Code::Unauthenticated, Code::Forbidden, Code::Busy, Code::Unavailable]);
    }
    if !route.parameters.is_empty() || route.takes.is_some() {
        codes.push(Code::BadRequest);
    }
    codes.sort_unstable();
    codes.dedup();
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in codes {
        let said = format!("{} (`{}`).", code.title(), code.as_str());
        by_status.entry(code.status().as_u16()).or_default().push(said);
    }
    by_status
}

fn problem_schema(schemas: &mut SchemaGenerator) -> schemars::Schema {
    schemas.subschema_for::<WrittenProblem>()
}

fn response(what: &str, bodies: &[Body], schemas: &mut SchemaGenerator) -> Value {
    json!({ "description": what, "content": content(bodies, schemas) })
}

fn content(bodies: &[Body], schemas: &mut SchemaGenerator) -> Map<String, Value> {
    bodies.iter().map(|body| (body.kind.to_owned(), json!({ "schema": (body.schema)(schemas) }))).collect()
}

fn parameter(one: &Parameter, route: &Route, schemas: &mut SchemaGenerator) -> Value {
    let place = if route.path.contains(&format!("{{{}}}", one.name)) { "path" } else { "query" };
    let schema = (one.schema)(schemas);
    json!({ "name": one.name, "in": place, "required": one.required, "description": one.what, "schema": schema })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        let mut ids: Vec<_> = routes().iter().map(operation_id).collect();
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
