//! Characters that are taken for others.

/// A name with each character replaced by the one that it is most easily taken for.
pub fn fold(name: &str) -> String {
    name.chars().filter(|c| !matches!(u32::from(*c), 0x300..=0x36f)).map(fold_char).collect()
}

/// A folded name with the pairs that look like one letter made that letter.
pub fn skeleton(folded: &str) -> impl Iterator<Item = char> {
    let mut rest = folded.chars();
    std::iter::from_fn(move || {
        let first = rest.next()?;
        let joined = match (first, rest.clone().next()) {
            ('r', Some('n')) => 'm',
            ('v', Some('v')) => 'w',
            _ => return Some(first),
        };
        rest.next();
        Some(joined)
    })
}

#[rustfmt::skip] // A line a letter, as far as it goes.
fn fold_char(c: char) -> char {
    match c {
        '0' | 'о' | 'ο' | 'σ' | 'օ' | 'ө' | 'θ' | 'ò'..='ö' | 'ø' | 'ō'..='ő' | 'ơ' | 'ǒ' | 'ọ'..='ợ' | 'ӧ' | 'ό' => 'o',
        '1' | 'i' | 'і' | 'ї' | 'ӏ' | 'ι' | 'ί' | 'ϊ' | 'ì'..='ï' | 'ĩ'..='ı' | 'ĺ'..='ł' | 'ǐ' | 'ɩ' | 'ɪ' | 'ỉ' | 'ị'
        | 'ḷ' | 'ḻ' => 'l',
        'а' | 'α' | 'ά' | 'à'..='å' | 'ā'..='ą' | 'ǎ' | 'ɑ' | 'ạ'..='ặ' | 'ӑ' | 'ӓ' => 'a',
        'ь' | 'ḅ' => 'b',
        'с' | 'ϲ' | 'ç' | 'ć'..='č' => 'c',
        'ԁ' | 'ď' | 'đ' | 'ḍ' => 'd',
        'е' | 'ё' | 'ε' | 'έ' | 'ҽ' | 'è'..='ë' | 'ē'..='ě' | 'ẹ'..='ệ' | 'ѐ' | 'ӗ' => 'e',
        'ƒ' => 'f',
        'ɡ' | 'ĝ'..='ģ' | 'ǧ' | 'ց' => 'g',
        'һ' | 'հ' | 'ĥ' | 'ħ' | 'ḥ' => 'h',
        'ј' | 'ĵ' => 'j',
        'к' | 'κ' | 'ķ' | 'ĸ' | 'ḳ' => 'k',
        'м' | 'ṃ' => 'm',
        'п' | 'η' | 'ñ' | 'ń'..='ŋ' | 'ո' | 'ṇ' => 'n',
        'р' | 'ρ' | 'þ' | 'ҏ' => 'p',
        'ԛ' | 'գ' => 'q',
        'г' | 'ŕ'..='ř' | 'ṛ' => 'r',
        'ѕ' | 'ś'..='š' | 'ș' | 'ṣ' => 's',
        'т' | 'τ' | 'ţ'..='ŧ' | 'ț' | 'ṭ' => 't',
        'υ' | 'ύ' | 'ù'..='ü' | 'ũ'..='ų' | 'ư' | 'ս' | 'ụ'..='ự' => 'u',
        'ν' | 'ѵ' | 'ṿ' => 'v',
        'ω' | 'ώ' | 'ԝ' | 'ѡ' | 'ŵ' | 'ẁ'..='ẉ' => 'w',
        'х' | 'χ' | 'ҳ' => 'x',
        'у' | 'γ' | 'ү' | 'ý' | 'ÿ' | 'ŷ' | 'ў' | 'ỳ'..='ỹ' | 'ӯ' | 'ӱ' => 'y',
        'ź'..='ž' | 'ẓ' => 'z',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_pairs() {
        for (name, like) in
            [("g00g1e", "googie"), ("rnodern", "modern"), ("vvise", "wise"), ("раураl", "paypal"), ("ḿ", "ḿ")]
        {
            assert!(skeleton(&fold(name)).eq(skeleton(&fold(like))), "{name}");
        }
        assert_eq!(fold("ae\u{301}"), "ae");
        assert_eq!(skeleton(&fold("r-n")).collect::<String>(), "r-n");
    }
}
