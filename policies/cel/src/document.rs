//! The document as values of CEL, which borrow the texts of the suggestion, and the answer that comes back.

use std::collections::HashMap;
use std::marker::PhantomData;

use engine::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString, CelUInt, Kind,
};
use engine::common::value::{CowVal, Val};
use engine::context::VariableResolver;
use rules::answer::{Answer, View};
use rules::document::{Build, Key};

/// A value that borrows for `'v`.
pub type Owned<'v> = Box<dyn Val + 'v>;

/// Makes values of CEL.
pub struct Values;

impl<'d> Build<'d> for Values {
    type Value = Owned<'d>;

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
        let present = entries.iter().filter(|(_, value)| value.is_some()).count();
        map(present, entries.into_iter().filter_map(|(key, value)| Some((CelString::from(key.as_str()), value?))))
    }

    fn map(&self, entries: impl Iterator<Item = (&'d str, Self::Value)>) -> Self::Value {
        map(entries.size_hint().0, entries.map(|(key, value)| (CelString::from(key), value)))
    }
}

/// A map with room for so many entries, so that it does not grow on the way.
fn map<'v>(room: usize, entries: impl Iterator<Item = (CelString<'v>, Owned<'v>)>) -> Owned<'v> {
    let mut map = HashMap::with_capacity(room);
    map.extend(entries.map(|(key, value)| (CelMapKey::String(key), value)));
    Box::new(CelMap::from(map))
}

/// The data of the settings as a value. Numbers without a fraction are `int`.
pub fn data(data: serde_json::Map<String, serde_json::Value>) -> Owned<'static> {
    map(data.len(), data.into_iter().map(|(key, value)| (CelString::from(key), from_json(value))))
}

fn from_json(json: serde_json::Value) -> Owned<'static> {
    use serde_json::Value as Json;
    match json {
        Json::Null => Box::new(CelNull),
        Json::Bool(value) => Box::new(CelBool::from(value)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Box::new(CelInt::from(whole)),
            (None, Some(number)) => Box::new(CelDouble::from(number)),
            (None, None) => Box::new(CelNull),
        },
        Json::String(text) => Box::new(CelString::from(text)),
        Json::Array(items) => Box::new(CelList::from(items.into_iter().map(from_json).collect::<Vec<_>>())),
        Json::Object(entries) => data(entries),
    }
}

/// The variables of one call.
pub struct Variables<'d> {
    pub suggestion: Owned<'d>,
    pub facts: Owned<'d>,
    pub findings: Owned<'d>,
    /// Made once, when the module was configured.
    pub data: &'d (dyn Val + 'static),
}

impl VariableResolver for Variables<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let value: &'b (dyn Val + 'b) = match variable {
            "suggestion" => &*self.suggestion,
            "facts" => &*self.facts,
            "findings" => &*self.findings,
            "data" => self.data,
            _ => return None,
        };
        Some(CowVal::Borrowed(value))
    }
}

/// Reads answers.
pub struct Answers<'v>(PhantomData<&'v ()>);

impl<'v> Answer for Answers<'v> {
    type Value = Owned<'v>;

    fn view<'a>(value: &'a Owned<'v>) -> View<'a, Owned<'v>> {
        let value = value.as_ref();
        if let Some(text) = value.downcast_ref::<CelString>() {
            return View::Text(text.inner());
        }
        if let Some(map) = value.downcast_ref::<CelMap>() {
            let texts = map.inner().iter().map(|(key, value)| match key {
                CelMapKey::String(key) => Some((key.inner(), value)),
                _ => None,
            });
            let texts: Option<Vec<_>> = texts.collect();
            return texts.map_or(View::Other("an object with keys that are no texts"), View::Object);
        }
        if let Some(list) = value.downcast_ref::<CelList>() {
            return View::List(list.inner().iter().collect());
        }
        if let Some(whole) = value.downcast_ref::<CelInt>() {
            return View::Whole(*whole.inner());
        }
        if let Some(whole) = value.downcast_ref::<CelUInt>() {
            return i64::try_from(*whole.inner()).map_or(View::Other("a number"), View::Whole);
        }
        match value.get_type().kind() {
            Kind::NullType => View::Null,
            Kind::Double => View::Other("a double"),
            Kind::Boolean => View::Other("a truth value"),
            _ => View::Other("a value of another type"),
        }
    }
}
