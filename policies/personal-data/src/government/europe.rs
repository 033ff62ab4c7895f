//! Germany, Switzerland, France, Spain, Italy and the United Kingdom.

use crate::checks::{ean13, mod11_10, number};
use crate::cursor::{Cursor, Groups};

const TAX_ID: &str = "a German tax id";
const AHV: &str = "a Swiss social security number";
const NIR: &str = "a French social security number";
const DNI: &str = "a Spanish identity number";
const FISCAL: &str = "an Italian tax code";
const NINO: &str = "a UK national insurance number";

/// What stands before a German tax id; asked for only where phone numbers are expected.
const TAX_WORDS: &[&str] = &["steuer", "steuernummer", "steueridentifikationsnummer", "idnr", "tin"];

/// What the digits that begin here are.
pub(super) fn numeric(cursor: &Cursor, groups: &Groups, phone: bool) -> Option<(&'static str, usize)> {
    let tax_id = |(digits, end): (&[u8], usize)| {
        (is_tax_id(digits) && (!phone || cursor.near(end, TAX_WORDS))).then_some((TAX_ID, end))
    };
    let ahv = |(digits, end)| is_ahv(digits).then_some((AHV, end));
    let nir = |(digits, end)| is_nir(digits).then_some((NIR, end));
    match groups.lengths() {
        [8 | 9, ..] => template(cursor, &["00000000A", "00000000-A"])
            .filter(|(code, _)| dni_letter(code.get(..8).and_then(number), code.last()))
            .map(|(_, end)| (DNI, end)),
        [2, 3, 3, 3] => tax_id(groups.exactly(&[2, 3, 3, 3])?),
        [11, ..] => tax_id(groups.one(11)?),
        [3, 4, 4, 2] => ahv(groups.exactly(&[3, 4, 4, 2])?),
        [13, 2, ..] => nir(groups.starting(&[13, 2])?),
        [13, ..] => ahv(groups.one(13)?),
        [15, ..] => nir(groups.one(15)?),
        [1, 2, 2, 2, 3, 3, 2] => nir(groups.exactly(&[1, 2, 2, 2, 3, 3, 2])?),
        _ => None,
    }
}

/// What the letters and digits that begin here are.
pub(super) fn lettered(cursor: &Cursor) -> Option<(&'static str, usize)> {
    let run = cursor.run();
    match (run.first()?, run.len()) {
        (b'X'..=b'Z', 1 | 8 | 9) => {
            let (code, end) = template(cursor, &["A0000000A", "A-0000000-A", "A0000000-A", "A-0000000A"])?;
            // The first letter stands for a digit: X 0, Y 1, Z 2.
            let first = u64::from(code.first()?.saturating_sub(b'X'));
            let number = code.get(1..8).and_then(number).map(|rest| first * 10_000_000 + rest);
            dni_letter(number, code.last()).then_some((DNI, end))
        }
        (b'A'..=b'Z', 2 | 9) => {
            let (code, end) = template(cursor, &["AA000000A", "AA 00 00 00 A", "AA 000000 A"])?;
            is_nino(&code).then_some((NINO, end))
        }
        (_, 16) => fiscal(cursor),
        (b'A'..=b'Z', 3) if run.iter().all(u8::is_ascii_uppercase) => fiscal(cursor),
        _ => None,
    }
}

/// The letters and digits that begin here and where they end, if they are written like one of the
/// templates: `A` is a capital, `0` a digit, a blank a blank or a hyphen, everything else itself.
fn template(cursor: &Cursor, templates: &[&str]) -> Option<(Vec<u8>, usize)> {
    let text = cursor.rest();
    let fits = |template: &&&str| {
        let ends = !text.get(template.len()).is_some_and(u8::is_ascii_alphanumeric);
        ends && text.len() >= template.len()
            && text.iter().zip(template.bytes()).all(|(byte, like)| match like {
                b'A' => byte.is_ascii_uppercase(),
                b'0' => byte.is_ascii_digit(),
                b' ' => matches!(byte, b' ' | b'-'),
                other => *byte == other,
            })
    };
    let length = templates.iter().find(fits)?.len();
    let code = text.get(..length)?.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    Some((code, cursor.start + length))
}

/// Of the first ten digits one occurs two or three times and no other twice; the eleventh checks them.
fn is_tax_id(digits: &[u8]) -> bool {
    let (mut seen, mut repeated) = ([0_u8; 10], 0);
    for byte in digits.iter().take(10) {
        if let Some(count) = seen.get_mut(usize::from(byte.saturating_sub(b'0'))) {
            *count += 1;
        }
    }
    for count in seen {
        match count {
            0 | 1 => {}
            2 | 3 => repeated += 1,
            _ => return false,
        }
    }
    repeated == 1 && !digits.starts_with(b"0") && mod11_10(digits)
}

fn is_ahv(digits: &[u8]) -> bool {
    digits.starts_with(b"756") && ean13(digits)
}

/// Sex, month and the key of two digits are right; Corsica's departments hold a letter.
fn is_nir(code: &[u8]) -> bool {
    let Some((body, key)) = code.split_at_checked(13) else { return false };
    let mut digits = [0; 13];
    for (at, (digit, byte)) in digits.iter_mut().zip(body).enumerate() {
        *digit = match (at, byte) {
            (6, b'A' | b'B') if code.get(5) == Some(&b'2') => b'0',
            _ => *byte,
        };
    }
    // 2A counts as 19 and 2B as 18: with the letter as 0, that is 20 less 1 or 2.
    let corsica = match code.get(6) {
        Some(b'A') => 1_000_000,
        Some(b'B') => 2_000_000,
        _ => 0,
    };
    let month = code.get(3..5).and_then(number).unwrap_or(0);
    let plausible =
        matches!(code.first(), Some(b'1'..=b'4' | b'7' | b'8')) && matches!(month, 1..=12 | 20..=42 | 50..=99);
    match (number(&digits), number(key)) {
        (Some(number), Some(key)) if plausible => {
            number.checked_sub(corsica).is_some_and(|number| 97 - number % 97 == key)
        }
        _ => false,
    }
}

fn dni_letter(number: Option<u64>, letter: Option<&u8>) -> bool {
    let at = number.and_then(|number| usize::try_from(number % 23).ok());
    letter.is_some() && at.and_then(|at| b"TRWAGMYFPDXBNJZSQVHLCKE".get(at)) == letter
}

/// The prefix is one that is issued, and so is the suffix.
fn is_nino(code: &[u8]) -> bool {
    let [first, second, .., suffix] = code else { return false };
    !b"DFIQUV".contains(first)
        && !b"DFIOQUV".contains(second)
        && !matches!(&[*first, *second], b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ")
        && matches!(suffix, b'A'..=b'D')
}

/// What a digit or letter counts in an odd place of an Italian tax code, `0` to `9`, then `A` to `Z`.
const ODD: [u8; 36] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
    22, 25, 24, 23,
];

fn fiscal(cursor: &Cursor) -> Option<(&'static str, usize)> {
    let (code, end) = cursor.code(16)?;
    let (last, body) = code.bytes().split_last()?;
    let sum = body.iter().enumerate().try_fold(0_u32, |sum, (at, byte)| {
        // Letters stand in for digits where two people would have the same code.
        let fits = match at {
            0..=5 | 11 => byte.is_ascii_uppercase(),
            8 => b"ABCDEHLMPRST".contains(byte),
            _ => byte.is_ascii_digit() || b"LMNPQRSTUV".contains(byte),
        };
        let (index, even) = match byte {
            b'0'..=b'9' => (byte - b'0', byte - b'0'),
            b'A'..=b'Z' => (byte - b'A' + 10, byte - b'A'),
            _ => return None,
        };
        // Places are counted from one.
        let value = if at % 2 == 0 { *ODD.get(usize::from(index))? } else { even };
        fits.then_some(sum + u32::from(value))
    })?;
    (last.is_ascii_uppercase() && u32::from(last - b'A') == sum % 26).then_some((FISCAL, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked() {
        assert!(is_nir(b"255081416802538") && !is_nir(b"255081416802539"));
        assert!(is_nir(b"255082A16802597") && is_nir(b"184072B16802595") && !is_nir(b"184072A16802595"));
        assert!(dni_letter(Some(12_345_678), Some(&b'Z')) && !dni_letter(Some(12_345_678), Some(&b'A')));
        assert!(is_tax_id(b"86095742719") && !is_tax_id(b"11111111111"));
        assert!(is_nino(b"AB123456C") && !is_nino(b"GB123456A") && !is_nino(b"AB123456E"));
    }
}
