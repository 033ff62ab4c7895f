//! Points in time. There is no clock but `facts.now`.

/// A point in time, in seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads RFC 3339, as all times of the interface are written; nothing if it is no such time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|time| Self(time.as_second()))
    }

    /// How many whole days `self` lies after `earlier`; negative if before.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(86_400)
    }

    /// How many whole hours `self` lies after `earlier`; negative if before.
    #[must_use]
    pub fn hours_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(3_600)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_offsets_and_refuses_other_words() {
        let noon = Timestamp::parse("2026-11-20T12:00:00Z").unwrap();
        assert_eq!(Timestamp::parse("2026-11-20T13:00:00+01:00"), Some(noon));
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp(noon.0 + 86_400 * 3 + 1).days_since(noon), 3);
    }
}
