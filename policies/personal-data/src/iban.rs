//! International bank account numbers.

use crate::checks::mod97;
use crate::cursor::Cursor;

/// Country and length, four characters each, in the order of the registry.
const LENGTHS: &[u8] = b"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24\
FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25\
MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23\
ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

/// Where the IBAN that begins here ends, if one does.
pub(crate) fn find(cursor: &Cursor) -> Option<usize> {
    let [a, b, c, d, ..] = cursor.run() else { return None };
    if !(a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit()) {
        return None;
    }
    let country = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
    let length = LENGTHS.chunks_exact(4).find_map(|entry| match entry {
        [first, second, tens, ones] if country == [*first, *second] => {
            Some(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'))
        }
        _ => None,
    })?;
    let (code, end) = cursor.code(length)?;
    mod97(code.bytes()).then_some(end)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_sorted_and_whole() {
        let entries: Vec<&[u8]> = super::LENGTHS.chunks(4).collect();
        assert!(entries.windows(2).all(|pair| pair[0] < pair[1]));
        for entry in entries {
            let [a, b, tens, ones] = entry else { panic!("{entry:?}") };
            assert!(a.is_ascii_uppercase() && b.is_ascii_uppercase());
            assert!((15..=34).contains(&((tens - b'0') * 10 + ones - b'0')));
        }
    }
}
