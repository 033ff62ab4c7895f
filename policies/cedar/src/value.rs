//! Values of Cedar, made directly: the engine's own way in makes an expression of each, and evaluates it.

use cedar_policy_core::ast::{EntityUID, Literal, Name, PartialValue, Value, ValueKind};
use cedar_policy_core::extensions::Extensions;

/// Values of attributes, and the one thing that has to be parsed for them.
pub struct Values {
    decimal: Name,
}

impl Values {
    /// Parses the name of the function that makes decimals: to do so for each number costs more than to evaluate a policy.
    ///
    /// # Errors
    /// None in practice: the name is fixed.
    pub fn new() -> Result<Self, String> {
        Ok(Self { decimal: Name::parse_unqualified_name("decimal").map_err(|error| error.to_string())? })
    }

    /// A decimal.
    ///
    /// # Errors
    /// The text is none.
    pub fn decimal(&self, text: String) -> Result<Value, String> {
        let function = Extensions::all_available().func(&self.decimal).map_err(|error| error.to_string())?;
        match function.call(&[Value::from(text)]).map_err(|error| error.to_string())? {
            PartialValue::Value(value) => Ok(value),
            PartialValue::Residual(_) => Err("a decimal has no value".to_owned()),
        }
    }
}

/// A text.
pub fn text(text: &str) -> Value {
    Value::from(text)
}

/// A set of texts.
pub fn texts<'a>(of: impl Iterator<Item = &'a str>) -> Value {
    Value::set(of.map(text), None)
}

/// A number of things.
pub fn count(number: usize) -> Value {
    Value::from(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A set of entities.
pub fn entities(of: impl Iterator<Item = EntityUID>) -> Value {
    Value::set(of.map(Value::from), None)
}

/// A record of these pairs.
pub fn record(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::record(pairs, None)
}

/// Whether a value is true.
pub fn is_true(value: &Value) -> bool {
    matches!(value.value, ValueKind::Lit(Literal::Bool(true)))
}
