//! The CRM's decimal texts as numbers, where no digit is lost.

/// How many significant decimal digits a double always keeps.
const SURE_DIGITS: usize = 15;

/// The number that a decimal text stands for, if a double holds all of its digits: at most 15, of a size that is
/// finite and not lost below the smallest double.
///
/// ```
/// use rules::number::exact;
/// assert_eq!(exact("12.50"), Some(12.5));
/// assert_eq!(exact("12345678901234567890"), None);
/// ```
#[must_use]
pub fn exact(text: &str) -> Option<f64> {
    let digits = text.split(['e', 'E']).next()?.bytes().filter(u8::is_ascii_digit);
    let mut zeros = 0;
    let mut significant = 0;
    // Zeros count once another digit follows them; those before the first digit, and the last ones, carry nothing.
    for digit in digits {
        if digit != b'0' {
            significant += zeros + 1;
            zeros = 0;
        } else if significant > 0 {
            zeros += 1;
        }
    }
    let number: f64 = serde_json::from_str(text).ok()?;
    let lost = significant > 0 && number.abs() < f64::MIN_POSITIVE;
    (significant <= SURE_DIGITS && number.is_finite() && !lost).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_double_holds_is_a_number() {
        for (text, number) in [
            ("0", 0.0),
            ("-3", -3.0),
            ("1e9", 1e9),
            ("0.1", 0.1),
            ("1000000000000000000000", 1e21),
            ("0.000000000000000001", 1e-18),
            ("999999999999999", 999_999_999_999_999.0),
        ] {
            assert_eq!(exact(text), Some(number), "{text}");
        }
        for text in ["1234567890123456", "0.1234567890123456", "1e999", "1e-320", "007", "", "NaN", "1 2"] {
            assert_eq!(exact(text), None, "{text}");
        }
    }
}
