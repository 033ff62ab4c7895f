//! Dates of the calendar.

use crate::form::Form;

/// One way to write a date.
pub struct Pattern(Vec<Part>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Literal(char),
}

impl Pattern {
    /// Reads a pattern such as `DD.MM.YYYY`.
    pub fn parse(pattern: &str) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            let known = [("YYYY", Part::Year), ("MM", Part::Month), ("DD", Part::Day)];
            if let Some((left, part)) =
                known.into_iter().find_map(|(word, part)| Some((rest.strip_prefix(word)?, part)))
            {
                rest = left;
                parts.push(part);
            } else if c.is_ascii_punctuation() || c == ' ' {
                rest = rest.strip_prefix(c).unwrap_or_default();
                parts.push(Part::Literal(c));
            } else {
                return Err("a format has letters other than YYYY, MM and DD");
            }
        }
        let once = |wanted| parts.iter().filter(|part| **part == wanted).count() == 1;
        if once(Part::Year) && once(Part::Month) && once(Part::Day) {
            return Ok(Self(parts));
        }
        Err("a format must have YYYY, MM and DD, each once")
    }

    /// Year, month and day, if the text is written in this way.
    fn read(&self, text: &str) -> Option<(u32, u32, u32)> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut rest = text;
        for part in &self.0 {
            match part {
                Part::Year => year = digits(&mut rest, 4)?,
                Part::Month => month = digits(&mut rest, 2)?,
                Part::Day => day = digits(&mut rest, 2)?,
                Part::Literal(c) => rest = rest.strip_prefix(*c)?,
            }
        }
        rest.is_empty().then_some((year, month, day))
    }
}

fn digits(rest: &mut &str, count: usize) -> Option<u32> {
    let (digits, left) = rest.split_at_checked(count)?;
    *rest = left;
    // `parse` would take a sign too.
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// How well a date is formed. The first pattern is the normal one.
pub fn form(text: &str, patterns: &[Pattern]) -> Form {
    let mut form = Form::Invalid("it is not written in any of the ways that are allowed here");
    for (at, pattern) in patterns.iter().enumerate() {
        match pattern.read(text) {
            Some(date) if exists(date) => {
                return Form::normal_unless(at > 0, "it is not written in the way that is normal here");
            }
            // Another pattern may read the same digits as a date that there is.
            Some(_) => form = Form::Invalid("the calendar has no such date"),
            None => {}
        }
    }
    form
}

fn exists((year, month, day): (u32, u32, u32)) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(patterns: &[&str], text: &str) -> Form {
        let patterns: Vec<Pattern> = patterns.iter().map(|pattern| Pattern::parse(pattern).unwrap()).collect();
        form(text, &patterns)
    }

    #[test]
    fn dates() {
        let usual = ["YYYY-MM-DD", "YYYYMMDD"];
        assert_eq!(forms(&usual, "1928-07-22"), Form::Normal);
        assert_eq!(forms(&usual, "2000-02-29"), Form::Normal);
        assert!(matches!(forms(&usual, "19280722"), Form::Valid(_)));
        assert_eq!(forms(&["YYYYMMDD"], "19280722"), Form::Normal);
        assert_eq!(forms(&["YYYY-MM-DD", "DD.MM.YYYY", "MM.DD.YYYY"], "02.13.2024"), forms(&usual, "20240213"));
        for bad in ["1900-02-29", "2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "19281722", "0000-01-01"] {
            assert_eq!(forms(&usual, bad), Form::Invalid("the calendar has no such date"), "{bad}");
        }
        for bad in ["", "22.07.1928", "1928-7-22", "1928-07-22T00:00", "192807222", "+928-07-22", "１928-07-22", "é"]
        {
            assert!(matches!(forms(&usual, bad), Form::Invalid(why) if why.contains("not written")), "{bad}");
        }
    }

    #[test]
    fn patterns_that_are_none() {
        for bad in ["", "YYYY-MM", "YY-MM-DD", "YYYY-MM-DD DD", "YYYY年MM-DD"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }
}
