//! Countries.

use crate::form::Form;

/// Two letters of ISO 3166.
pub type Code = [u8; 2];

/// All codes of ISO 3166-1.
const CODES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// A line a country: its code, then names and other short forms that people use, in lower case.
const NAMES: &str = include_str!("countries.txt");

/// The longest name in the list has far fewer bytes.
const LONGEST: usize = 64;

/// The code, if the text is one as ISO 3166 writes it.
pub fn code(text: &str) -> Option<Code> {
    let code: Code = text.as_bytes().try_into().ok()?;
    CODES.split(' ').any(|known| known.as_bytes() == code).then_some(code)
}

/// The country's code and whether the text is nothing but that code.
pub fn read(text: &str) -> Option<(Code, bool)> {
    let text = text.trim();
    if let Some(code) = code(text) {
        return Some((code, true));
    }
    if text.len() > LONGEST {
        return None;
    }
    let named = NAMES.lines().find_map(|line| {
        let (code, names) = line.split_once(' ')?;
        names.split('|').any(|name| name.eq_ignore_ascii_case(text)).then_some(code)
    });
    // Names first: `uk` is no code.
    let read = code(named.unwrap_or(&text.to_ascii_uppercase()))?;
    Some((read, false))
}

/// How well a country is named.
pub fn form(text: &str) -> Form {
    match read(text) {
        Some((_, normal)) => Form::normal_unless(!normal, "it is not the two capital letters of ISO 3166"),
        None => Form::Invalid("it is no country of ISO 3166 and none of the names that are known here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries() {
        assert_eq!(CODES.split(' ').count(), 249);
        assert!(CODES.split(' ').is_sorted());
        for text in ["CH", "US", "ZW", "AD"] {
            assert_eq!(form(text), Form::Normal, "{text}");
        }
        for (text, code) in [("ch", b"CH"), ("Switzerland", b"CH"), ("UK", b"GB"), ("USA", b"US"), (" Türkiye ", b"TR")]
        {
            assert_eq!(read(text), Some((*code, false)), "{text}");
        }
        for bad in ["", "XX", "Atlantis", "C", "é", "Switzerland and more", "AD AE"] {
            assert!(matches!(form(bad), Form::Invalid(_)), "{bad}");
        }
    }

    #[test]
    fn every_name_leads_to_a_code() {
        for line in NAMES.lines() {
            let (code_of_line, names) = line.split_once(' ').unwrap();
            let code_of_line = code(code_of_line).unwrap();
            for name in names.split('|') {
                assert_eq!(read(name), Some((code_of_line, false)), "{name}");
            }
        }
    }
}
