//! A moment as the command line takes it.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A time (RFC 3339), or a date, which stands for its first moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(pub Timestamp);

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "write a time such as 2026-11-20T09:00:00Z, or a date such as 2026-11-20";
        // A date is parsed only as such: the library would read one out of a time without its zone, too.
        let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
        let midnight = date.and_then(|date| date.to_zoned(TimeZone::UTC).ok()).map(|zoned| zoned.timestamp());
        midnight.or_else(|| text.parse().ok()).map(Self).ok_or(FORM)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_dates_are_moments() {
        let moment = |text: &str| text.parse::<Moment>().map(|moment| moment.0.to_string());
        assert_eq!(moment("2026-11-20").unwrap(), "2026-11-20T00:00:00Z");
        assert_eq!(moment("2026-11-20T09:00:00.5+01:00").unwrap(), "2026-11-20T08:00:00.5Z");
        for wrong in ["", "2026-11", "2026-13-20", "2026-11-20T09:00:00", "yesterday"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
