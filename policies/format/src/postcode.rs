//! Postcodes.

use crate::country::Code;
use crate::form::Form;

/// A line a country: its code, then the ways in which its post writes postcodes: `9` is a digit, `A` a capital
/// letter, `*` either.
const PATTERNS: &str = include_str!("postcodes.txt");

const LONGEST: usize = 16;

/// How well a postcode is formed for the best fitting of these countries; for any country, if there is none.
pub fn form(text: &str, countries: &[Code]) -> Form {
    if text.len() > LONGEST {
        return Form::Invalid("it is longer than any postcode");
    }
    countries.iter().map(|country| form_in(text, *country)).min_by_key(rank).unwrap_or_else(|| form_anywhere(text))
}

fn rank(form: &Form) -> u8 {
    match form {
        Form::Normal => 0,
        Form::Valid(_) => 1,
        Form::Invalid(_) => 2,
    }
}

fn form_in(text: &str, country: Code) -> Form {
    let patterns =
        PATTERNS.lines().filter_map(|line| line.split_once(' ')).find(|(code, _)| code.as_bytes() == country);
    let Some((code, patterns)) = patterns else {
        return form_anywhere(text);
    };
    if patterns.split('|').any(|pattern| fits(text.chars(), pattern.chars())) {
        return Form::Normal;
    }
    // Without marks and country, in capitals: `ch-8001`, `sw1a1aa`.
    let bare = bare(text);
    let own = bare.strip_prefix(code).unwrap_or(&bare);
    let loose = |pattern: &str| {
        let pattern = || pattern.chars().filter(|c| !is_mark(*c));
        fits(bare.chars(), pattern()) || fits(own.chars(), pattern())
    };
    if patterns.split('|').any(loose) {
        return Form::Valid("it is not written as the country's post writes it");
    }
    Form::Invalid("the country has no postcodes of this form")
}

/// A rule that holds in all countries: 3 to 10 letters, digits and marks, at least one digit.
fn form_anywhere(text: &str) -> Form {
    let allowed = text.chars().all(|c| c.is_ascii_alphanumeric() || is_mark(c));
    if !allowed || !(3..=10).contains(&text.len()) || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Form::Invalid("no country has postcodes of this form");
    }
    Form::Normal
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !is_mark(*c)).map(|c| c.to_ascii_uppercase()).collect()
}

fn is_mark(c: char) -> bool {
    matches!(c, ' ' | '-')
}

fn fits(text: impl Iterator<Item = char>, mut pattern: impl Iterator<Item = char>) -> bool {
    let each = text.into_iter().all(|c| match pattern.next() {
        Some('9') => c.is_ascii_digit(),
        Some('A') => c.is_ascii_uppercase(),
        Some('*') => c.is_ascii_digit() || c.is_ascii_uppercase(),
        Some(mark) => c == mark,
        None => false,
    });
    each && pattern.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country;

    #[test]
    fn by_country() {
        for (country, code) in [
            (b"CH", "8001"),
            (b"US", "94105"),
            (b"US", "94105-1234"),
            (b"GB", "SW1A 1AA"),
            (b"GB", "M1 1AE"),
            (b"CA", "K1A 0B1"),
            (b"NL", "1234 AB"),
            (b"IE", "D02 X285"),
            (b"IE", "D6W XY00"),
            (b"JP", "100-0001"),
            (b"BR", "01310-100"),
            (b"ZW", "12-3"),
        ] {
            assert_eq!(form(code, &[*country]), Form::Normal, "{code}");
        }
        for (country, code) in [
            (b"CH", "CH-8001"),
            (b"GB", "sw1a1aa"),
            (b"CA", "k1a-0b1"),
            (b"NL", "1234AB"),
            (b"US", "941051234"),
            (b"SE", "11455"),
        ] {
            assert!(matches!(form(code, &[*country]), Form::Valid(_)), "{code}");
        }
        for (country, code) in [
            (b"CH", "80011"),
            (b"US", "SW1A 1AA"),
            (b"GB", "8001"),
            (b"DE", "D-8001"),
            (b"CA", ""),
            (b"CH", "８００１"),
        ] {
            assert!(matches!(form(code, &[*country]), Form::Invalid(_)), "{code}");
        }
    }

    #[test]
    fn several_countries_or_none() {
        assert_eq!(form("8001", &[*b"US", *b"CH"]), Form::Normal);
        assert_eq!(form("8001", &[]), Form::Normal);
        let long = "1".repeat(1 << 20);
        for bad in ["", "12", "ABC", "12345678901", "80_01", &long] {
            assert!(matches!(form(bad, &[]), Form::Invalid(_)));
        }
    }

    #[test]
    fn every_pattern_belongs_to_a_country() {
        assert!(
            PATTERNS.lines().all(|line| line.split_once(' ').is_some_and(|(code, _)| country::code(code).is_some()))
        );
        assert!(PATTERNS.lines().is_sorted());
    }
}
