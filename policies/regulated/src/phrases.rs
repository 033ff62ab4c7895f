//! Finds phrases in text: on word boundaries, whatever the case, the accents and the space between the words.

use std::collections::BTreeMap;

/// Phrases, by the first byte of what is looked for: nearly every word of a text is passed over by it alone.
pub struct Phrases(BTreeMap<u8, Vec<Phrase>>);

struct Phrase {
    /// As the settings write it.
    written: String,
    /// As it stands in folded text: with a space after each word, but for an open ending.
    folded: String,
}

impl Phrases {
    /// Takes the phrases in; the error is the one that is none.
    pub fn new(written: &[String]) -> Result<Self, &str> {
        let mut phrases: BTreeMap<u8, Vec<Phrase>> = BTreeMap::new();
        for text in written {
            let text = text.trim();
            let mut folded = fold(text);
            if text.ends_with('*') {
                folded.pop();
            }
            let Some(first) = folded.bytes().next() else { return Err(text) };
            phrases.entry(first).or_default().push(Phrase { written: text.to_owned(), folded });
        }
        Ok(Self(phrases))
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The phrase that comes first in the text.
    pub fn find(&self, text: &str) -> Option<&str> {
        let folded = fold(text);
        let mut rest = folded.as_str();
        while let Some(first) = rest.bytes().next() {
            let mut candidates = self.0.get(&first).into_iter().flatten();
            if let Some(phrase) = candidates.find(|phrase| rest.starts_with(&phrase.folded)) {
                return Some(&phrase.written);
            }
            rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
        }
        None
    }
}

/// The words of a text in lower case and without accents, each followed by one space. The letters of Western Europe
/// are folded here by hand: the tables of the standard library for all the others would not fit beside the rest.
fn fold(text: &str) -> String {
    /// The letters from U+00E0 on; those from U+00C0 on are the same in upper case.
    const LATIN: &[u8; 32] = b"aaaaaaaceeeeiiiidnooooo ouuuuyty";
    let mut folded = String::with_capacity(text.len() + 1);
    for letter in text.chars() {
        let plain = match letter {
            'A'..='Z' => letter.to_ascii_lowercase(),
            'ß' | 'ẞ' => {
                folded.push('s');
                's'
            }
            '\u{c0}'..='\u{ff}' => LATIN.get(letter as usize & 31).map_or(' ', |plain| char::from(*plain)),
            // Accents on their own, soft hyphens and what has no width do not part a word.
            '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => continue,
            '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' => ' ',
            'a'..='z' | '0'..='9' | '\u{100}'.. => letter,
            _ => ' ',
        };
        if plain != ' ' || !(folded.is_empty() || folded.ends_with(' ')) {
            folded.push(plain);
        }
    }
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(phrases: &[&str], text: &str) -> Option<String> {
        let phrases: Vec<_> = phrases.iter().map(|phrase| (*phrase).to_owned()).collect();
        Phrases::new(&phrases).unwrap().find(text).map(str::to_owned)
    }

    #[test]
    fn only_whole_words() {
        assert_eq!(find(&["must"], "They MUST, now.").as_deref(), Some("must"));
        assert_eq!(find(&["must"], "mustard; amust"), None);
        assert_eq!(find(&["next step"], "The\nnext -- Step").as_deref(), Some("next step"));
        assert_eq!(find(&["next step"], "next steps"), None);
    }

    #[test]
    fn an_open_ending() {
        assert_eq!(find(&["recommend*"], "a recommendation").as_deref(), Some("recommend*"));
        assert_eq!(find(&["recommend*"], "not prerecommended"), None);
    }

    #[test]
    fn accents_and_hidden_letters() {
        for text in ["MÜSSEN", "mussen", "mu\u{308}ssen", "mü\u{ad}s\u{200b}sen", "müßen"] {
            assert!(find(&["müssen"], text).is_some(), "{text}");
        }
        assert_eq!(fold("Œuvre × 中文。a"), "Œuvre 中文 a ");
    }

    #[test]
    fn what_holds_no_word_is_no_phrase() {
        for phrase in ["", " ", "*", "--"] {
            assert_eq!(Phrases::new(&[phrase.to_owned()]).err(), Some(phrase.trim()));
        }
    }
}
