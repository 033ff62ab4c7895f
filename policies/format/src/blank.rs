//! Blanks where none belong.

/// How much of a text is looked at, in bytes: what is wrong with a text is mostly wrong from the start.
const FAR: usize = 65_536;

/// Whether a text has blanks around it, two in a row, or characters that do not show.
pub fn is_untidy(text: &str) -> bool {
    if text.trim().len() != text.len() {
        return true;
    }
    let mut blank = false;
    text.char_indices().take_while(|(at, _)| *at < FAR).any(|(_, c)| {
        let before = std::mem::replace(&mut blank, c == ' ' || c == '\u{a0}');
        (before && blank) || does_not_show(c)
    })
}

fn does_not_show(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0xad | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidy_and_untidy() {
        for text in [" a", "a\t", "a  b", "a\u{a0} b", "a\nb", "a\u{200b}b", "a\0b", " "] {
            assert!(is_untidy(text), "{text:?}");
        }
        for text in ["", "a b c", "Zoë Müller-Łuk", "東京 都"] {
            assert!(!is_untidy(text), "{text:?}");
        }
    }
}
