//! Which parts of the document a text looks at.

use rules::uses::Uses;

/// The paths that begin with `input`, as far as they are written out: whatever comes by another name, an index or a
/// function, comes by the path that it was taken from.
pub fn of(source: &str) -> Uses {
    let mut uses = Uses::default();
    // A line that is a comment as a whole may speak of the input. In a raw string it would be no code either.
    for line in source.lines().filter(|line| !line.trim_start().starts_with('#')) {
        for (place, word) in line.match_indices("input") {
            let before = line.get(..place).unwrap_or_default();
            let behind = line.get(place + word.len()..).unwrap_or_default();
            if !before.ends_with(in_word) && !behind.starts_with(in_word) {
                uses.note(&path(behind));
            }
        }
    }
    uses
}

fn in_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The words of `.a.b` at the beginning.
fn path(mut rest: &str) -> Vec<&str> {
    let mut words = Vec::new();
    while let Some(behind) = rest.strip_prefix('.') {
        let (word, next) = behind.split_at(behind.find(|letter| !in_word(letter)).unwrap_or(behind.len()));
        words.push(word);
        rest = next;
    }
    words
}

#[cfg(test)]
mod tests {
    use rules::document::Key;

    use super::*;

    #[test]
    fn what_a_path_leads_to_is_made() {
        let uses = of("# Of the input.\nx if input.suggestion.operation == y; input.facts.fields[z].tags");
        assert!(uses.suggestion(Key::Operation) && uses.facts(Key::Fields));
        assert!(!uses.suggestion(Key::Changes) && !uses.facts(Key::Now) && !uses.findings());
        let uses = of("import input.suggestion as s\nx if s[k] == 1; some f in input.findings");
        assert!(uses.suggestion(Key::Changes) && uses.findings() && !uses.facts(Key::Now));
    }

    #[test]
    fn what_is_not_written_out_is_made_whole() {
        for source in ["x := input", "x if walk(input, y)", "x := input[k]", "allow with input as {}", "x(\"input\")"] {
            assert_eq!(of(source), Uses::EVERYTHING, "{source}");
        }
        assert_eq!(of("my_input.suggestion := inputs"), Uses::default());
    }
}
