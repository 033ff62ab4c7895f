//! The document as values of CEL, which borrow the texts of the suggestion, and the answer that comes back.

use std::collections::HashMap;

use engine::Value;
use engine::common::types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString};
use engine::common::value::Val;
use engine::objects::Key as AnswerKey;
use rules::answer::{Answer, View};
use rules::document::{Build, Key};

/// Makes values of CEL.
pub struct Values;

impl<'d> Build<'d> for Values {
    type Value = Box<dyn Val + 'd>;

    fn null(&self) -> Self::Value {
        Box::new(CelNull)
    }

    fn boolean(&self, value: bool) -> Self::Value {
        Box::new(CelBool::from(value))
    }

    fn whole(&self, value: i64) -> Self::Value {
        Box::new(CelInt::from(value))
    }

    fn number(&self, value: f64) -> Self::Value {
        Box::new(CelDouble::from(value))
    }

    fn text(&self, value: &'d str) -> Self::Value {
        Box::new(CelString::from(value))
    }

    fn list(&self, items: impl Iterator<Item = Self::Value>) -> Self::Value {
        Box::new(CelList::from(items.collect::<Vec<_>>()))
    }

    fn object<const N: usize>(&self, entries: [(Key, Option<Self::Value>); N]) -> Self::Value {
        let present = entries.into_iter().filter_map(|(key, value)| Some((key.as_str(), value?)));
        self.map(present)
    }

    fn map(&self, entries: impl Iterator<Item = (&'d str, Self::Value)>) -> Self::Value {
        let entries = entries.map(|(key, value)| (CelMapKey::String(CelString::from(key)), value));
        Box::new(CelMap::from(entries.collect::<HashMap<_, _>>()))
    }
}

/// The data of the settings as a value. Numbers without a fraction are `int`.
pub fn data(data: serde_json::Map<String, serde_json::Value>) -> Value {
    Value::from(data.into_iter().map(|(key, value)| (key, from_json(value))).collect::<HashMap<_, _>>())
}

fn from_json(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(number)) => Value::Float(number),
            (None, None) => Value::Null,
        },
        Json::String(text) => Value::from(text),
        Json::Array(items) => Value::from(items.into_iter().map(from_json).collect::<Vec<_>>()),
        Json::Object(entries) => data(entries),
    }
}

/// Reads answers.
pub struct Answers;

impl Answer for Answers {
    type Value = Value;

    fn view(value: &Value) -> View<'_, Value> {
        match value {
            Value::Null => View::Null,
            Value::String(text) => View::Text(text),
            Value::Int(whole) => View::Whole(*whole),
            Value::UInt(whole) => i64::try_from(*whole).map_or(View::Other("a number"), View::Whole),
            Value::List(items) => View::List(items.iter().collect()),
            Value::Map(map) => {
                let texts = map.map.iter().map(|(key, value)| match key {
                    AnswerKey::String(key) => Some((key.as_str(), value)),
                    _ => None,
                });
                texts.collect::<Option<_>>().map_or(View::Other("an object with keys that are no texts"), View::Object)
            }
            Value::Float(_) => View::Other("a double"),
            Value::Bool(_) => View::Other("a truth value"),
            _ => View::Other("a value of another type"),
        }
    }
}
