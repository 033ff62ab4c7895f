//! Check digits. All take ASCII digits (or upper-case letters where said) and say no to anything else.

fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// Whether all are ASCII digits.
pub(crate) fn all_digits(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_digit)
}

/// The number that up to 18 digits make.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |sum, byte| sum.checked_mul(10)?.checked_add(u64::from(digit(*byte)?)))
}

/// The formula of Luhn: payment cards, Canadian social insurance numbers.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let sum = digits.iter().rev().enumerate().try_fold(0, |sum, (at, byte)| {
        let value = digit(*byte)?;
        let doubled = if value > 4 { value * 2 - 9 } else { value * 2 };
        Some(sum + if at % 2 == 1 { doubled } else { value })
    });
    sum.is_some_and(|sum| sum % 10 == 0)
}

/// EAN-13: Swiss social security numbers, and article numbers.
pub(crate) fn ean13(digits: &[u8]) -> bool {
    let sum = digits.iter().enumerate().try_fold(0, |sum, (at, byte)| {
        let value = digit(*byte)?;
        Some(sum + if at % 2 == 1 { value * 3 } else { value })
    });
    digits.len() == 13 && sum.is_some_and(|sum| sum % 10 == 0)
}

/// ISO 7064 MOD 97-10 over letters and digits, the first four at the end: IBANs.
pub(crate) fn mod97(code: &[u8]) -> bool {
    let Some((head, tail)) = code.split_at_checked(4) else { return false };
    let rest = tail.iter().chain(head).try_fold(0, |rest, byte| match byte {
        b'0'..=b'9' => Some((rest * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    });
    rest == Some(1)
}

/// ISO 7064 MOD 11,10: German tax ids.
pub(crate) fn mod11_10(digits: &[u8]) -> bool {
    let Some((last, first)) = digits.split_last() else { return false };
    let product = first.iter().try_fold(10, |product, byte| {
        let sum = (product + digit(*byte)?) % 10;
        Some(if sum == 0 { 10 } else { sum } * 2 % 11)
    });
    product.is_some_and(|product| digit(*last) == Some((11 - product) % 10))
}

/// The multiplication of the dihedral group of order ten.
const MULTIPLY: [&[u8; 10]; 10] = [
    b"0123456789",
    b"1234067895",
    b"2340178956",
    b"3401289567",
    b"4012395678",
    b"5987604321",
    b"6598710432",
    b"7659821043",
    b"8765932104",
    b"9876543210",
];
/// The permutation of each place, which repeats after eight.
const PERMUTE: [&[u8; 10]; 8] = [
    b"0123456789",
    b"1576283094",
    b"5803796142",
    b"8916043527",
    b"9453126870",
    b"4286573901",
    b"2793806415",
    b"7046913258",
];

/// The formula of Verhoeff: Indian Aadhaar numbers.
pub(crate) fn verhoeff(digits: &[u8]) -> bool {
    let check = digits.iter().rev().zip(PERMUTE.iter().cycle()).try_fold(0, |check, (byte, permute)| {
        let permuted = digit(*permute.get(usize::try_from(digit(*byte)?).ok()?)?)?;
        let row = MULTIPLY.get(usize::try_from(check).ok()?)?;
        digit(*row.get(usize::try_from(permuted).ok()?)?)
    });
    check == Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each check accepts a known number and refuses it with any one digit changed.
    #[test]
    fn one_wrong_digit_is_noticed() {
        type Check = fn(&[u8]) -> bool;
        let known: [(Check, &[u8]); 5] = [
            (luhn, b"4111111111111111"),
            (ean13, b"7569217076985"),
            (mod97, b"CH9300762011623852957"),
            (mod11_10, b"86095742719"),
            (verhoeff, b"234123412346"),
        ];
        for (check, number) in known {
            assert!(check(number), "{}", String::from_utf8_lossy(number));
            for at in 0..number.len() {
                let mut wrong = number.to_vec();
                if wrong[at].is_ascii_digit() {
                    wrong[at] = b'0' + (wrong[at] - b'0' + 1) % 10;
                    assert!(!check(&wrong), "{}", String::from_utf8_lossy(&wrong));
                }
            }
        }
    }

    #[test]
    fn what_is_no_digit_passes_no_check() {
        for check in [luhn, ean13, mod97, mod11_10, verhoeff] {
            assert!(!check("41111111é1111".as_bytes()));
        }
        assert_eq!(number(b"12a"), None);
        assert_eq!(number(b"99999999999999999999"), None);
    }
}
