//! The document as a value of Rego, and the answer that comes back.

use std::collections::BTreeMap;

use regorus::Value;
use rules::answer::{Answer, View};
use rules::document::{Build, Key};

/// Makes values of Rego.
pub struct Values {
    /// The keys of the document: to share one costs less than to make it.
    keys: Vec<Value>,
}

impl Default for Values {
    fn default() -> Self {
        Self { keys: Key::ALL.iter().map(|key| Value::from(key.as_str())).collect() }
    }
}

impl Values {
    fn key(&self, key: Key) -> Value {
        self.keys.get(key as usize).cloned().unwrap_or(Value::Null)
    }
}

impl<'d> Build<'d> for Values {
    type Value = Value;

    fn null(&self) -> Value {
        Value::Null
    }

    fn boolean(&self, value: bool) -> Value {
        Value::from(value)
    }

    fn whole(&self, value: i64) -> Value {
        Value::from(value)
    }

    #[expect(clippy::cast_possible_truncation, reason = "it is checked to be whole and to fit")]
    fn number(&self, value: f64) -> Value {
        // The language knows one kind of number, and writes 1.0 as 1.
        if value.fract() == 0.0 && value.abs() < 1e15 { Value::from(value as i64) } else { Value::from(value) }
    }

    fn text(&self, value: &'d str) -> Value {
        Value::from(value)
    }

    fn list(&self, items: impl Iterator<Item = Value>) -> Value {
        Value::from(items.collect::<Vec<_>>())
    }

    fn object<const N: usize>(&self, entries: [(Key, Option<Value>); N]) -> Value {
        let entries = entries.into_iter().filter_map(|(key, value)| Some((self.key(key), value?)));
        Value::from(entries.collect::<BTreeMap<_, _>>())
    }

    fn map(&self, entries: impl Iterator<Item = (&'d str, Value)>) -> Value {
        Value::from(entries.map(|(key, value)| (Value::from(key), value)).collect::<BTreeMap<_, _>>())
    }
}

impl Answer for Values {
    type Value = Value;

    fn view(value: &Value) -> View<'_, Value> {
        match value {
            Value::Null => View::Null,
            Value::String(text) => View::Text(text),
            Value::Number(number) => number.as_i64().map_or(View::Other("a number with a fraction"), View::Whole),
            Value::Array(items) => View::List(items.iter().collect()),
            Value::Set(items) => View::List(items.iter_sorted().collect()),
            Value::Object(entries) => {
                let texts = entries.iter_sorted().map(|(key, value)| Some((key.as_string().ok()?.as_ref(), value)));
                texts.collect::<Option<_>>().map_or(View::Other("an object with keys that are no texts"), View::Object)
            }
            Value::Bool(_) => View::Other("a truth value"),
            Value::Undefined => View::Other("undefined"),
        }
    }
}
