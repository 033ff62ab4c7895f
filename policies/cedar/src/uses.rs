//! Which attributes of the context the policies look at. A policy can only see what it names, so what no policy names is
//! not made.

/// The attributes that are named in the policies' text.
pub struct Uses {
    words: Vec<String>,
    /// Whether a policy takes the context as a whole.
    everything: bool,
}

impl Uses {
    /// Looks through a text: every word counts, wherever it stands.
    pub fn of(source: &str) -> Self {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let mut words: Vec<String> = source.split(|letter| !is_word(letter)).map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        let everything = source.match_indices("context").any(|(place, word)| {
            let behind = source.get(place + word.len()..).unwrap_or_default();
            // `context.confidence`, `context["confidence"]`, `context has confidence`; or part of another word.
            let rest = behind.trim_start();
            !(rest.starts_with(['.', '[']) || rest.starts_with("has ") || behind.starts_with(is_word))
        });
        Self { words, everything }
    }

    /// Whether an attribute has to be made.
    pub fn attribute(&self, name: &str) -> bool {
        self.everything || self.words.binary_search_by(|word| word.as_str().cmp(name)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_is_made() {
        let uses =
            Uses::of("forbid(principal, action, resource) when { context.confidence < 1 && context has change };");
        assert!(uses.attribute("confidence") && uses.attribute("change"));
        assert!(!uses.attribute("evidence"));
        assert!(
            Uses::of("permit(principal, action, resource) when { [context].contains(principal) };")
                .attribute("evidence")
        );
    }
}
