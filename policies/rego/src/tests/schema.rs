//! The documents that rules see are what `input.schema.json` says.

use rules::document::{Build, Key, whole};
use rules::uses::Uses;
use serde_json::{Map, Value as Json, json};

/// Makes JSON.
struct InJson;

impl<'d> Build<'d> for InJson {
    type Value = Json;

    fn null(&self) -> Json {
        Json::Null
    }

    fn boolean(&self, value: bool) -> Json {
        value.into()
    }

    fn whole(&self, value: i64) -> Json {
        value.into()
    }

    fn number(&self, value: f64) -> Json {
        value.into()
    }

    fn text(&self, value: &'d str) -> Json {
        value.into()
    }

    fn list(&self, items: impl Iterator<Item = Json>) -> Json {
        items.collect()
    }

    fn object<const N: usize>(&self, entries: [(Key, Option<Json>); N]) -> Json {
        entries
            .into_iter()
            .filter_map(|(key, value)| Some((key.as_str().to_owned(), value?)))
            .collect::<Map<_, _>>()
            .into()
    }

    fn map(&self, entries: impl Iterator<Item = (&'d str, Json)>) -> Json {
        entries.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
    }
}

/// What is wrong with a value, by the words of JSON Schema that the schema uses.
fn wrong(value: &Json, schema: &Json, root: &Json) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let definition = reference.strip_prefix("#/$defs/").unwrap();
        return wrong(value, &root["$defs"][definition], root);
    }
    let kind = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    let types = [&schema["type"]].into_iter().chain(schema["type"].as_array().into_iter().flatten());
    let types: Vec<&str> = types.filter_map(Json::as_str).collect();
    if !types.is_empty() && !types.contains(&kind) {
        return Some(format!("{value} is none of {types:?}"));
    }
    if schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        return Some(format!("{value} is none of {}", schema["enum"]));
    }
    let items = value.as_array().into_iter().flatten().find_map(|item| wrong(item, &schema["items"], root));
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let missing = required.filter(|key| value.get(key).is_none()).map(|key| format!("{key} is missing")).next();
    let entries = value.as_object().into_iter().flatten().find_map(|(key, entry)| {
        let more = &schema["additionalProperties"];
        match schema["properties"].get(key) {
            Some(property) => wrong(entry, property, root),
            None if *more == json!(false) => Some(format!("{key} is unknown")),
            None => wrong(entry, more, root),
        }
    });
    items.or(missing).or(entries)
}

#[test]
fn documents_are_what_the_schema_says() {
    let schema: Json = serde_json::from_str(include_str!("../../input.schema.json")).unwrap();
    for (number, (suggestion, facts, findings)) in rules::sample::several().enumerate() {
        let document = whole(&InJson, &suggestion, &facts, &findings, Uses::EVERYTHING);
        assert_eq!(wrong(&document, &schema, &schema), None, "sample {number}: {document:#}");
    }
    for case in rules::twins::cases(100) {
        let document = whole(&InJson, &case.suggestion, &case.facts, &[], Uses::EVERYTHING);
        assert_eq!(wrong(&document, &schema, &schema), None, "{document:#}");
    }
}

/// What the schema lets be absent is there when there is something.
#[test]
fn the_sample_has_every_key_of_the_schema() {
    let schema: Json = serde_json::from_str(include_str!("../../input.schema.json")).unwrap();
    let (suggestion, facts, findings) = rules::sample::everything();
    let document = whole(&InJson, &suggestion, &facts, &findings, Uses::EVERYTHING);
    for part in ["suggestion", "facts"] {
        for key in schema["properties"][part]["properties"].as_object().unwrap().keys() {
            assert!(document[part].get(key).is_some(), "{part}.{key}");
        }
    }
    assert_eq!(document["suggestion"]["changes"][1]["prior"], json!(12.5));
    assert_eq!(document["facts"]["consent_now"], json!({"enrichment": "granted"}));
    assert_eq!(document["facts"]["now_seconds"], json!(1_795_165_200));
}
