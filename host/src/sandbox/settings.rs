//! Settings of modules, held against the JSON Schemas that the modules give for them.
//!
//! A schema is as hostile as the module that it comes from: a short one can ask for more work than any machine does. So
//! outside of tests this happens in a child process, as compiling does: see `worker.rs`.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, PatternOptions, ValidationError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest schema and the longest settings that are looked at, in bytes.
const SCHEMA_BYTES: usize = 256 << 10;
const SETTINGS_BYTES: usize = 4 << 20;

/// What one pattern of a schema may take when it is compiled, in bytes.
const PATTERN_BYTES: usize = 1 << 20;

/// How many misfits of one module are described; the rest is counted.
const DESCRIBED: usize = 20;

/// The longest value, and the longest text of a schema, that is shown whole, in characters.
const SHOWN: usize = 60;
const SAID: usize = 300;

/// Settings, and the schema that they are held against: JSON texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsCheck {
    /// The schema.
    pub schema: String,
    /// The settings.
    pub settings: String,
}

/// One step into settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Into a table.
    Key(String),
    /// Into a list, which begins with 0.
    Index(usize),
}

/// A setting that does not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfit {
    /// Where it stands; nowhere, if it is about the settings as a whole.
    pub path: Vec<Step>,
    /// What is wrong, and what the schema asks for.
    pub what: String,
}

/// What does not fit of the settings of one module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfits {
    /// The first of them.
    pub described: Vec<Misfit>,
    /// How many there are.
    pub all: usize,
}

impl Misfits {
    /// One that is about the settings as a whole.
    #[must_use]
    pub fn whole(what: String) -> Self {
        Self { described: vec![Misfit { path: Vec::new(), what }], all: 1 }
    }
}

/// Holds settings against their schema.
pub(super) fn hold(check: &SettingsCheck) -> Misfits {
    match misfits(check) {
        Ok(mut described) => {
            let all = described.len();
            described.truncate(DESCRIBED);
            Misfits { described, all }
        }
        Err(what) => Misfits::whole(what),
    }
}

fn misfits(check: &SettingsCheck) -> Result<Vec<Misfit>, String> {
    for (what, text, most) in [("schema", &check.schema, SCHEMA_BYTES), ("text", &check.settings, SETTINGS_BYTES)] {
        if text.len() > most {
            return Err(format!("cannot be checked: their {what} has {} bytes, and may have {most}", text.len()));
        }
    }
    let schema: Value = serde_json::from_str(&check.schema).map_err(|error| no_schema(&error.to_string()))?;
    let settings: Value = serde_json::from_str(&check.settings).map_err(|error| format!("are no JSON: {error}"))?;
    // Nothing is fetched, patterns take linear time, and what a format means is left to the module.
    let validator = jsonschema::options()
        .offline()
        .should_validate_formats(false)
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES).dfa_size_limit(PATTERN_BYTES))
        .build(&schema)
        .map_err(|error| no_schema(&of_schema(&error)))?;
    Ok(validator.iter_errors(&settings).flat_map(|error| of_error(&error, &schema, &settings)).collect())
}

fn no_schema(why: &str) -> String {
    format!("cannot be checked: what the module gives as their schema is no JSON Schema: {why}")
}

/// What is wrong with a schema, and where in it.
fn of_schema(error: &ValidationError<'_>) -> String {
    let place = match error.instance_path().as_str() {
        "" => error.schema_path().as_str(),
        place => place,
    };
    let said = match error.kind() {
        ValidationErrorKind::Referencing(_) => return cut(&error.to_string(), SAID),
        ValidationErrorKind::Format { .. } => "is no regular expression that takes linear time".to_owned(),
        _ => cut(&error.masked_with("it").to_string(), SAID),
    };
    format!("{}: {}: {said}", cut(place, SAID), shown(error.instance()))
}

fn of_error(error: &ValidationError<'_>, schema: &Value, settings: &Value) -> Vec<Misfit> {
    let place = error.instance_path().as_str();
    let path = steps(place, settings);
    let below = |key: &str| path.iter().cloned().chain([Step::Key(key.to_owned())]).collect::<Vec<_>>();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let known = known_keys(schema, error.schema_path().as_str());
            unexpected.iter().map(|key| Misfit { path: below(key), what: unknown(key, &known) }).collect()
        }
        // A table that may have no keys at all is told by the value of the first that it has.
        ValidationErrorKind::FalseSchema if error.schema_path().as_str().ends_with("/additionalProperties") => {
            let keys = settings.pointer(place).and_then(Value::as_object).into_iter().flat_map(Map::keys);
            keys.map(|key| Misfit { path: below(key), what: unknown(key, &[]) }).collect()
        }
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            vec![Misfit { path: below(key), what: "is missing".to_owned() }]
        }
        _ => vec![Misfit { what: wrong(error), path }],
    }
}

/// A JSON pointer into settings, step by step: only the settings tell keys and indices apart.
fn steps(pointer: &str, settings: &Value) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = Some(settings);
    for token in pointer.split('/').skip(1) {
        let key = token.replace("~1", "/").replace("~0", "~");
        let (step, below) = if let (Some(Value::Array(list)), Ok(index)) = (at, key.parse::<usize>()) {
            (Step::Index(index), list.get(index))
        } else {
            let below = at.and_then(|table| table.get(&key));
            (Step::Key(key), below)
        };
        steps.push(step);
        at = below;
    }
    steps
}

/// The keys that stand in a schema beside the keyword that refused another.
fn known_keys<'a>(schema: &'a Value, keyword: &str) -> Vec<&'a str> {
    let beside = keyword.rsplit_once('/').and_then(|(beside, _)| schema.pointer(beside));
    let properties = beside.and_then(|beside| beside.get("properties")).and_then(Value::as_object);
    properties.into_iter().flat_map(Map::keys).map(String::as_str).collect()
}

fn unknown(key: &str, known: &[&str]) -> String {
    let nearest = known.iter().max_by(|a, b| strsim::jaro_winkler(key, a).total_cmp(&strsim::jaro_winkler(key, b)));
    match nearest {
        Some(nearest) => format!("is no setting; the nearest known one is `{}`", cut(nearest, SHOWN)),
        None => "is no setting".to_owned(),
    }
}

/// What is wrong with one value.
fn wrong(error: &ValidationError<'_>) -> String {
    let value = shown(error.instance());
    match error.kind() {
        ValidationErrorKind::Type { kind } => format!("{value} is {}, not {}", named(error.instance()), wanted(kind)),
        ValidationErrorKind::Enum { options } => {
            format!("{value} is none of {}", listed(options.as_array().into_iter().flatten()))
        }
        ValidationErrorKind::Constant { expected_value } => format!("{value} is not {}", shown(expected_value)),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            match constants(context) {
                Some(constants) => format!("{value} is none of {}", listed(constants)),
                None => format!("{value} has none of the {} forms that are known", context.len()),
            }
        }
        ValidationErrorKind::Minimum { limit } => {
            format!("{value} is less than {limit}, the least that may stand here")
        }
        ValidationErrorKind::Maximum { limit } => format!("{value} is more than {limit}, the most that may stand here"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("{value} is not more than {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("{value} is not less than {limit}"),
        ValidationErrorKind::Pattern { pattern } => format!("{value} does not match {}", cut(pattern, SAID)),
        ValidationErrorKind::FalseSchema => "may not be given".to_owned(),
        _ => cut(&error.masked_with(value).to_string(), SAID),
    }
}

/// The values that forms of one value each ask for; none, if there are other forms among them.
fn constants<'a>(context: &'a [Vec<ValidationError<'static>>]) -> Option<Vec<&'a Value>> {
    let constant = |form: &'a Vec<ValidationError<'static>>| {
        form.iter().find_map(|error| match error.kind() {
            ValidationErrorKind::Constant { expected_value } => Some(&**expected_value),
            _ => None,
        })
    };
    context.iter().map(constant).collect()
}

fn listed<'a>(values: impl IntoIterator<Item = &'a Value>) -> String {
    let values: Vec<String> = values.into_iter().take(DESCRIBED).map(shown).collect();
    values.join(", ")
}

fn named(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

/// What a schema asks for. A set's file cannot say `null`, so that is left out where there is anything else.
fn wanted(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => type_name(*one).to_owned(),
        TypeKind::Multiple(several) => {
            let several: Vec<_> = several.iter().filter(|one| *one != JsonType::Null).map(type_name).collect();
            several.join(" or ")
        }
    }
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "nothing",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "a text",
        JsonType::Array => "a list",
        JsonType::Object => "a table",
    }
}

fn shown(value: &Value) -> String {
    cut(&value.to_string(), SHOWN)
}

/// A text in one line without control characters, and not too long.
fn cut(text: &str, most: usize) -> String {
    let mut plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut cut: String = plain.by_ref().take(most).collect();
    if plain.next().is_some() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn held(schema: &Value, settings: &Value) -> Vec<String> {
        let check = SettingsCheck { schema: schema.to_string(), settings: settings.to_string() };
        let misfits = hold(&check);
        assert!(misfits.all >= misfits.described.len());
        let step = |step: &Step| match step {
            Step::Key(key) => format!(".{key}"),
            Step::Index(index) => format!("[{index}]"),
        };
        let said = |misfit: Misfit| format!("{} {}", misfit.path.iter().map(step).collect::<String>(), misfit.what);
        misfits.described.into_iter().map(said).collect()
    }

    #[test]
    fn every_misfit_is_named_with_its_place_and_what_is_asked_for() {
        let schema = json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["name"],
            "properties": {
                "name": { "type": "string" },
                "thresholds": { "type": "array", "items": { "$ref": "#/$defs/threshold" } },
                "mode": { "enum": ["apply", "review"] },
                "kind": { "oneOf": [{ "const": "email", "type": "string" }, { "const": "phone", "type": "string" }] },
                "by/field": { "type": "object", "additionalProperties": { "type": ["integer", "null"] } },
                "none": { "type": "object", "additionalProperties": false },
            },
            "$defs": { "threshold": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "minimum": { "type": "number", "minimum": 0, "maximum": 1 } },
            } },
        });
        let settings = json!({
            "thresholds": [{ "minimum": 0.5 }, { "minimum": 2 }, { "minimun": "high" }],
            "mode": "maybe",
            "kind": "fax",
            "by/field": { "0": 1.5, "email": 1 },
            "none": { "a": 1, "b": 2 },
            "thresold": 1,
        });
        let mut found = held(&schema, &settings);
        found.sort();
        assert_eq!(
            found,
            [
                ".by/field.0 1.5 is a number, not a whole number",
                ".kind \"fax\" is none of \"email\", \"phone\"",
                ".mode \"maybe\" is none of \"apply\", \"review\"",
                ".name is missing",
                ".none.a is no setting",
                ".none.b is no setting",
                ".thresholds[1].minimum 2 is more than 1, the most that may stand here",
                ".thresholds[2].minimun is no setting; the nearest known one is `minimum`",
                ".thresold is no setting; the nearest known one is `thresholds`",
            ]
        );
        let fits = json!({ "name": "n", "thresholds": [], "kind": "email", "by/field": { "a": 3 }, "none": {} });
        assert_eq!(held(&schema, &fits), Vec::<String>::new());
        assert_eq!(held(&schema, &json!([])), [" [] is a list, not a table"]);
    }

    #[test]
    fn what_is_no_schema_says_so_and_nothing_is_fetched() {
        for (schema, word) in [
            (json!({ "type": "strin" }), "/type"),
            (json!({ "properties": 1 }), "/properties"),
            (json!({ "$ref": "https://example.com/schema.json" }), "example.com"),
            (json!({ "$ref": "file:///etc/passwd" }), "passwd"),
            (json!({ "pattern": "(a)\\1" }), "/pattern: "),
        ] {
            let found = held(&schema, &json!({}));
            assert!(found.len() == 1 && found[0].contains("is no JSON Schema: "), "{schema}: {found:?}");
            assert!(found[0].contains(word), "{schema}: {found:?}");
        }
        assert_eq!(held(&json!({ "$ref": "#" }), &json!({})), Vec::<String>::new());
    }

    #[test]
    fn no_more_is_told_than_somebody_reads() {
        let schema = json!({ "items": { "type": "string" } });
        let check = SettingsCheck { schema: schema.to_string(), settings: json!(vec![0; 1_000]).to_string() };
        let misfits = hold(&check);
        assert_eq!((misfits.described.len(), misfits.all), (DESCRIBED, 1_000));
        let long = SettingsCheck { settings: " ".repeat(SETTINGS_BYTES + 1), ..check };
        assert!(hold(&long).described[0].what.contains("may have"));
        assert_eq!(cut("a\u{1b}[31mb", 20), "a [31mb");
        assert_eq!(cut("abc", 2), "ab…");
    }

    #[test]
    fn the_released_modules_take_the_settings_that_they_are_released_with() {
        for module in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/released")).unwrap() {
            let file = module.unwrap().path().join("1.0.0.json");
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            let described: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(held(&described["settings_schema"], &json!({})), Vec::<String>::new(), "{}", file.display());
        }
    }
}
