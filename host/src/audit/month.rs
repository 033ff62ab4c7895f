//! Months, as the clock of UTC has them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A month in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: u16,
    number: u8,
    from: Timestamp,
    to: Timestamp,
}

/// A text that names no month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a month as year and month, such as 2026-10")]
pub struct NotAMonth;

impl Month {
    /// From its first moment to the first one after it.
    #[must_use]
    pub fn span(&self) -> Range<Timestamp> {
        self.from..self.to
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(NotAMonth);
        }
        let (year, month) = (year.parse().map_err(|_| NotAMonth)?, month.parse().map_err(|_| NotAMonth)?);
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        Ok(Self { year, number: month, from: first_moment(year, month)?, to: first_moment(next_year, next_month)? })
    }
}

fn first_moment(year: u16, month: u8) -> Result<Timestamp, NotAMonth> {
    format!("{year:04}-{month:02}-01T00:00:00Z").parse().map_err(|_| NotAMonth)
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.number)
    }
}

impl TryFrom<String> for Month {
    type Error = NotAMonth;

    fn try_from(text: String) -> Result<Self, NotAMonth> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl JsonSchema for Month {
    fn schema_name() -> Cow<'static, str> {
        "Month".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A month in UTC, such as 2026-10.",
            "pattern": "^[0-9]{4}-[0-9]{2}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        for (month, from, to) in [
            ("2026-10", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
            ("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
            ("2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ] {
            let month: Month = month.parse().unwrap();
            assert_eq!(month.span(), from.parse().unwrap()..to.parse().unwrap());
            assert_eq!(month.to_string().parse(), Ok(month));
        }
    }

    #[test]
    fn other_texts_are_no_months() {
        for text in ["", "2026", "2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "+026-10", "9999-12"] {
            assert_eq!(text.parse::<Month>(), Err(NotAMonth), "{text}");
        }
    }
}
