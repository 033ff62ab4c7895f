//! What was suggested for the record before.

use countersign_guest::prelude::*;

const HOUR: i64 = 3_600;

/// One earlier suggestion with its age.
pub(crate) struct Past<'a> {
    /// What it was.
    pub(crate) change: &'a PastChange,
    /// How long ago it was decided, in seconds; 0 if that cannot be read, so that a broken time
    /// hides nothing.
    age: i64,
    /// Whether it was refused: then the field did not change.
    pub(crate) rejected: bool,
}

impl Past<'_> {
    /// Whether it is at most so many days old.
    pub(crate) fn within_days(&self, days: u32) -> bool {
        self.age <= i64::from(days) * 24 * HOUR
    }

    /// Whether it is at most so many hours old.
    pub(crate) fn within_hours(&self, hours: u32) -> bool {
        self.age <= i64::from(hours) * HOUR
    }

    /// How long ago it was, for people.
    pub(crate) fn ago(&self) -> String {
        match (self.age / HOUR, self.age / (24 * HOUR)) {
            (..1, _) => "within the last hour".into(),
            (1, _) => "1 hour ago".into(),
            (hours, ..2) => format!("{hours} hours ago"),
            (_, days) => format!("{days} days ago"),
        }
    }

    /// Whether this assistant made it.
    pub(crate) fn by(&self, assistant: &Assistant) -> bool {
        self.change
            .by
            .strip_prefix(assistant.vendor.as_str())
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|model| model == assistant.model)
    }
}

/// The history with its ages, ordered by field and then as it was given: what was suggested for one
/// field stands together.
pub(crate) fn read(facts: &Facts) -> Result<Vec<Past<'_>>, String> {
    let now = Timestamp::parse(&facts.now).ok_or("the time of the decision cannot be read")?;
    let mut past: Vec<_> = facts
        .history
        .iter()
        .map(|change| Past {
            change,
            age: Timestamp::parse(&change.at).map_or(0, |at| now.0 - at.0),
            rejected: matches!(change.fate.as_str(), "reject" | "rejected"),
        })
        .collect();
    past.sort_by(|a, b| a.change.field.cmp(&b.change.field));
    Ok(past)
}

/// The part of what `read` returned that is about one field.
pub(crate) fn of_field<'a, 'b>(past: &'b [Past<'a>], field: &str) -> &'b [Past<'a>] {
    let start = past.partition_point(|past| past.change.field.as_str() < field);
    let end = past.partition_point(|past| past.change.field.as_str() <= field);
    past.get(start..end).unwrap_or_default()
}
