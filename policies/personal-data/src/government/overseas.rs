//! The United States, Canada, Australia and India.

use crate::checks::{all_digits, luhn, number, verhoeff};
use crate::cursor::{Cursor, Groups, Separator};

const SSN: &str = "a US social security number";
const SIN: &str = "a Canadian social insurance number";
const TFN: &str = "an Australian tax file number";
const AADHAAR: &str = "an Indian Aadhaar number";

/// What the digits that begin here are.
pub(super) fn numeric(cursor: &Cursor, groups: &Groups, phone: bool) -> Option<(&'static str, usize)> {
    match groups.lengths() {
        [3, 2, 4] => ssn_grouped(cursor, groups),
        [3, 3, 3] => nine_grouped(cursor, groups, phone),
        [4, 4, 4] => aadhaar(cursor, groups.exactly(&[4, 4, 4])?, !phone),
        [9, ..] => nine_bare(cursor, groups),
        [12, ..] => aadhaar(cursor, groups.one(12)?, false),
        _ => None,
    }
}

fn ssn_grouped(cursor: &Cursor, groups: &Groups) -> Option<(&'static str, usize)> {
    let (digits, end) = groups.exactly(&[3, 2, 4])?;
    // With blanks it may as well be a phone number.
    let written = groups.separator == Some(Separator::Hyphen) || near_ssn(cursor, end);
    (is_ssn(digits) && written).then_some((SSN, end))
}

fn nine_grouped(cursor: &Cursor, groups: &Groups, phone: bool) -> Option<(&'static str, usize)> {
    let (digits, end) = groups.exactly(&[3, 3, 3])?;
    if is_tfn(digits) && near_tfn(cursor, end) {
        return Some((TFN, end));
    }
    if !is_sin(digits) {
        return None;
    }
    // Amounts are grouped in this way too, and so are the numbers of French companies, which have the
    // same check digit.
    let amount = groups.separator == Some(Separator::Dot) || digits.ends_with(b"000");
    let grouped = !phone && !amount && !cursor.near(end, &["siren", "siret", "rcs"]);
    (grouped || near_sin(cursor, end)).then_some((SIN, end))
}

fn nine_bare(cursor: &Cursor, groups: &Groups) -> Option<(&'static str, usize)> {
    let (digits, end) = groups.one(9)?;
    if is_tfn(digits) && near_tfn(cursor, end) {
        return Some((TFN, end));
    }
    if is_sin(digits) && near_sin(cursor, end) {
        return Some((SIN, end));
    }
    (is_ssn(digits) && near_ssn(cursor, end)).then_some((SSN, end))
}

fn aadhaar(cursor: &Cursor, (digits, end): (&[u8], usize), grouping_suffices: bool) -> Option<(&'static str, usize)> {
    if !digits.first().is_some_and(|first| (b'2'..=b'9').contains(first)) || !verhoeff(digits) {
        return None;
    }
    (grouping_suffices || cursor.near(end, &["aadhaar", "aadhar", "uidai"])).then_some((AADHAAR, end))
}

fn near_ssn(cursor: &Cursor, end: usize) -> bool {
    cursor.near(end, &["ssn", "social security"])
}

fn near_sin(cursor: &Cursor, end: usize) -> bool {
    cursor.near(end, &["sin", "social insurance"])
}

fn near_tfn(cursor: &Cursor, end: usize) -> bool {
    cursor.near(end, &["tfn", "tax file"])
}

/// Area, group and serial number are all assigned ones.
fn is_ssn(digits: &[u8]) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(number).unwrap_or(0);
    let area = part(0, 3);
    all_digits(digits) && (1..900).contains(&area) && area != 666 && part(3, 5) != 0 && part(5, 9) != 0
}

/// The check digit is right, and the first digit is that of a province.
fn is_sin(digits: &[u8]) -> bool {
    !digits.starts_with(b"0") && !digits.starts_with(b"8") && luhn(digits)
}

/// The weighted sum is a multiple of eleven.
fn is_tfn(digits: &[u8]) -> bool {
    let weights = [1, 4, 3, 7, 5, 8, 6, 9, 10];
    let sum: u32 = digits.iter().zip(weights).map(|(byte, weight)| u32::from(byte.saturating_sub(b'0')) * weight).sum();
    all_digits(digits) && sum > 0 && sum.is_multiple_of(11)
}
