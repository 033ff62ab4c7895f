//! Reading values.

use std::borrow::Cow;

use crate::types::Value;

impl Value {
    /// The value, unless it is withheld.
    #[must_use]
    pub fn known(&self) -> Option<&Self> {
        (*self != Self::Withheld).then_some(self)
    }

    /// The text, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as people would read it: text and numbers as they are, `yes` or `no`, choices
    /// joined by `; `. Nothing for an empty or withheld value.
    #[must_use]
    pub fn display(&self) -> Cow<'_, str> {
        match self {
            Self::Null | Self::Withheld => Cow::Borrowed(""),
            Self::Boolean(true) => Cow::Borrowed("yes"),
            Self::Boolean(false) => Cow::Borrowed("no"),
            Self::Number(text) | Self::Text(text) => Cow::Borrowed(text),
            Self::Choices(choices) => Cow::Owned(choices.join("; ")),
        }
    }

    /// The number, if it is a number or text that is nothing but a finite number.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            // As JSON writes it: `007` and `+41` are no numbers. The standard library would take more, and 10 KiB of
            // tables in every module that asks.
            Self::Number(text) | Self::Text(text) => serde_json::from_str(text.trim()).ok(),
            _ => None,
        }
    }

    /// Whether the field holds nothing: null, blank text, no choices. A withheld value is not empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Choices(choices) => choices.is_empty(),
            Self::Withheld | Self::Boolean(_) | Self::Number(_) => false,
        }
    }

    /// Every piece of text in the value.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts: &[String] = match self {
            Self::Text(text) | Self::Number(text) => std::slice::from_ref(text),
            Self::Choices(choices) => choices,
            Self::Null | Self::Withheld | Self::Boolean(_) => &[],
        };
        texts.iter().map(String::as_str)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_numbers_are_numbers() {
        assert_eq!(Value::Number("12.50".into()).as_number(), Some(12.5));
        assert_eq!(Value::from(" 7 ").as_number(), Some(7.0));
        assert_eq!(Value::Number("-3".into()).as_number(), Some(-3.0));
        assert_eq!(Value::Number("1e9".into()).as_number(), Some(1e9));
        for none in ["NaN", "inf", "", "7 8", "[7]", "null", "\"7\""] {
            assert_eq!(Value::from(none).as_number(), None, "{none}");
        }
        assert_eq!(Value::Number("1e999".into()).as_number(), None);
    }

    #[test]
    fn a_withheld_value_is_not_called_empty() {
        assert!(!Value::Withheld.is_empty());
        assert!(Value::Null.is_empty());
        assert!(Value::from("  ").is_empty());
    }
}
