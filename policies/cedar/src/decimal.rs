//! Cedar's decimals: up to four digits after the point.

/// The most digits before the point that surely fit.
const WHOLE_DIGITS: usize = 14;

/// A confidence from 0 to 1, cut to four digits: cutting never makes an assistant more confident than it is. Nothing, if
/// it is no such number.
pub fn confidence(given: f64) -> Option<String> {
    // The shortest text that reads back as the number, so that 0.0003 is not cut to 0.0002.
    (0.0..=1.0).contains(&given).then(|| cut(&given.abs().to_string()))
}

fn cut(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    format!("{whole}.{}", fraction.get(..4).unwrap_or(fraction))
}

/// A CRM's decimal text as a decimal, if all of its digits fit.
pub fn exact(text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let fraction = fraction.trim_end_matches('0');
    let plain = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    let fits = !whole.is_empty() && whole.len() <= WHOLE_DIGITS && fraction.len() <= 4;
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    (fits && plain(whole) && plain(fraction)).then(|| format!("{sign}{whole}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidences_are_cut_and_never_rounded_up() {
        for (given, decimal) in [
            (0.0, Some("0.0")),
            (1.0, Some("1.0")),
            (0.95, Some("0.95")),
            (0.949_99, Some("0.9499")),
            (0.999_999, Some("0.9999")),
            (0.0003, Some("0.0003")),
            (1e-9, Some("0.0000")),
            (-0.0, Some("0.0")),
            (1.000_01, None),
            (-0.1, None),
            (f64::NAN, None),
        ] {
            assert_eq!(confidence(given).as_deref(), decimal, "{given}");
        }
    }

    #[test]
    fn numbers_whose_digits_do_not_fit_are_none() {
        for (text, decimal) in [
            ("12", Some("12.0")),
            ("12.50", Some("12.5")),
            ("-3.12345", None),
            ("0.00010000", Some("0.0001")),
            ("123456789012345", None),
            ("1e9", None),
            ("", None),
            (".5", None),
            ("--1", None),
        ] {
            assert_eq!(exact(text).as_deref(), decimal, "{text}");
        }
    }
}
