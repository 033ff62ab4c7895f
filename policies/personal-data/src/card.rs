//! Payment cards.

use crate::checks::{all_digits, ean13, luhn, number};
use crate::cursor::Groups;

/// The ways in which card numbers are written in groups; the longest first, so that 19 digits are not
/// taken for 16.
const GROUPINGS: [&[usize]; 5] = [&[4, 4, 4, 4, 3], &[4, 4, 4, 4, 2], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4]];

/// Where the card number that begins here ends, if one does.
pub(crate) fn find(groups: &Groups) -> Option<usize> {
    let single = *groups.lengths().first()?;
    if (13..=19).contains(&single) {
        return groups.one(single).filter(|(digits, _)| is_card(digits)).map(|(_, end)| end);
    }
    if single != 4 || groups.follows_group_of(4) {
        // In a row of four-digit numbers (years, prices) only the beginning is looked at: of the many
        // ways to cut such a row, one in ten would pass the check.
        return None;
    }
    let card = |lengths: &&[usize]| groups.starting(lengths).filter(|(digits, _)| is_card(digits)).map(|(_, end)| end);
    GROUPINGS.iter().find_map(card)
}

/// Whether these digits have the prefix and the length of an issuer, and pass the check.
#[expect(clippy::match_same_arms, reason = "one arm for each issuer")]
fn is_card(digits: &[u8]) -> bool {
    let length = digits.len();
    let prefix = |count: usize| digits.get(..count).and_then(number).unwrap_or(0);
    let known = match (prefix(4), length) {
        // Visa. The old length of 13 is that of article numbers too, and 400 to 440 is Germany's prefix.
        (4000..=4999, 13) => !ean13(digits),
        (4000..=4999, 16 | 19) => true,
        // Mastercard.
        (5100..=5599 | 2221..=2720, 16) => true,
        // American Express.
        (3400..=3499 | 3700..=3799, 15) => true,
        // Diners Club.
        (3000..=3059 | 3095 | 3600..=3699 | 3800..=3999, 14..=19) => true,
        // JCB.
        (3528..=3589, 16..=19) => true,
        // Discover, UnionPay, RuPay, Mir.
        (6011 | 6440..=6599 | 6200..=6299 | 2200..=2204, 16..=19) => true,
        (5085..=5089 | 6069..=6079 | 8170..=8199, 16) => true,
        // Maestro.
        (5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763, 13..=19) => true,
        _ => false,
    };
    known && all_digits(digits) && luhn(digits)
}
