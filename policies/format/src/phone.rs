//! Phone numbers.

use crate::form::Form;

const LONGEST: usize = 64;

/// How well a phone number is formed: digits with the usual marks between them, perhaps an extension.
pub fn form(text: &str) -> Form {
    if text.len() > LONGEST {
        return Form::Invalid("it is longer than 64 characters");
    }
    let (number, extension) = split_extension(text);
    if extension.is_some_and(|digits| digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return Form::Invalid("its extension is no number");
    }
    let (international, rest) = match number.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    if !rest
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '-' | '\u{2011}' | '.' | '/' | '(' | ')'))
    {
        return Form::Invalid("it has a character that no phone number has");
    }
    let mut digits = rest.bytes().filter(u8::is_ascii_digit);
    let first = digits.next();
    let count = digits.count() + usize::from(first.is_some());
    if international && first == Some(b'0') {
        return Form::Invalid("no country's code begins with 0");
    }
    // E.164 allows 15; the shortest numbers with a country's code have 7, the shortest without have 5. A
    // number without `+` may carry a prefix to dial abroad.
    let (least, most) = if international { (7, 15) } else { (5, 17) };
    if !(least..=most).contains(&count) {
        return Form::Invalid("it has too few or too many digits");
    }
    let plain = international && extension.is_none() && rest.len() == count;
    Form::normal_unless(!plain, "it is not written as in E.164, such as +41441234567")
}

/// The number and what follows `ext.`, `x` or `#`.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let Some(at) = text.find(|c: char| c.is_ascii_alphabetic() || c == '#') else {
        return (text, None);
    };
    let (number, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let word = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '#' | '.')).len();
    let (word, digits) = rest.split_at_checked(word).unwrap_or(("", rest));
    let known = ["ext.", "ext", "x", "x.", "extension", "#"].iter().any(|known| known.eq_ignore_ascii_case(word));
    // An unknown word stays with the number, where it is a character that no number has.
    if known { (number.trim_end(), Some(digits.trim())) } else { (text, None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for good in ["+41441234567", "+14155550100", "+6834002"] {
            assert_eq!(form(good), Form::Normal, "{good}");
        }
        for valid in [
            "044 123 45 67",
            "+41 44 123 45 67",
            "(415) 555-0100",
            "0041441234567",
            "+41 (0)44 123 45 67",
            "+1 415 555 0100 ext. 12",
            "+14155550100x12",
            "07 12345678",
            "0114960123",
        ] {
            assert!(matches!(form(valid), Form::Valid(_)), "{valid}");
        }
        let long = "1".repeat(65);
        for bad in [
            "",
            "+",
            "n/a",
            "1234",
            "+0123456789",
            "+1234567890123456",
            "1-800-FLOWERS",
            "44+123456",
            "++4144123456",
            "+14155550100 ext.",
            "+14155550100 x1y",
            "١٢٣٤٥٦٧",
            &long,
        ] {
            assert!(matches!(form(bad), Form::Invalid(_)), "{bad}");
        }
    }
}
