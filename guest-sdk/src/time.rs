//! Points in time. There is no clock but `facts.now`.

/// A point in time, in seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads RFC 3339, as all times of the interface are written; nothing if it is no such time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        rfc3339(text.as_bytes()).map(Self)
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

/// Reads RFC 3339 by hand: a time library brings tens of KiB of static data, and a module is to fit one page.
fn rfc3339(text: &[u8]) -> Option<i64> {
    let (date_time, mut rest) = text.split_at_checked(19)?;
    let [y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b'T' | b't' | b' ', h1, h2, b':', mi1, mi2, b':', s1, s2] =
        date_time
    else {
        return None;
    };
    let year = number(&[*y1, *y2, *y3, *y4])?;
    let (month, day) = (number(&[*mo1, *mo2])?, number(&[*d1, *d2])?);
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*mi1, *mi2])?, number(&[*s1, *s2])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = fraction.get(digits..).filter(|_| (1..=9).contains(&digits))?;
    }
    let offset = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 3_600 + minutes * 60) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    // Years that begin in March, so that the day that is sometimes there comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day
            - 1
            - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second.min(59) - offset)
}

/// The number that is written with these digits.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
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

    #[test]
    fn agrees_with_a_full_time_library() {
        let samples = [
            "2024-02-29T23:59:59.123+05:30",
            "1999-12-31T23:59:60Z",
            "0000-03-01T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2026-01-05t08:00:00z",
            "2026-01-05 08:00:00-08:00",
            "2026-01-05T08:00:00",
            "2026-13-05T08:00:00Z",
            "2000-02-29T00:00:00.Z",
            "9999-12-30T00:00:00Z",
            "",
        ];
        let oracle = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|time| Timestamp(time.as_second()));
        for text in samples {
            assert_eq!(Timestamp::parse(text), oracle(text), "{text}");
        }
        for day in (-719_000..2_900_000_i64).step_by(97) {
            let time = jiff::Timestamp::from_second(day * 86_400 + 4_242).unwrap();
            assert_eq!(Timestamp::parse(&time.to_string()), Some(Timestamp(time.as_second())), "{time}");
        }
    }
}
