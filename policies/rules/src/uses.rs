//! Which parts of the document a rule can look at. A rule reaches the document by the paths that stand in its text, so
//! what no path leads to need not be made for it: that is most of the document, and most of what a call costs.

use crate::document::Key;

/// The parts of the document that are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// A bit for each key.
    suggestion: u64,
    facts: u64,
    findings: bool,
}

impl Uses {
    /// All of them.
    pub const EVERYTHING: Self = Self { suggestion: u64::MAX, facts: u64::MAX, findings: true };

    /// Notes that a rule looks at what a path leads to, with all below it.
    ///
    /// ```
    /// use rules::document::Key;
    /// use rules::uses::Uses;
    /// let mut uses = Uses::default();
    /// uses.note(&["suggestion", "changes", "field"]);
    /// assert!(uses.suggestion(Key::Changes) && !uses.suggestion(Key::Rationale));
    /// uses.note(&["suggestion"]);
    /// assert!(uses.suggestion(Key::Rationale) && !uses.facts(Key::Now));
    /// uses.note(&[]);
    /// assert_eq!(uses, Uses::EVERYTHING);
    /// ```
    pub fn note(&mut self, path: &[&str]) {
        match path {
            [] => *self = Self::EVERYTHING,
            ["suggestion", rest @ ..] => self.suggestion |= keys(rest),
            ["facts", rest @ ..] => self.facts |= keys(rest),
            ["findings", ..] => self.findings = true,
            // It leads nowhere.
            _ => {}
        }
    }

    /// Whether this part of the suggestion is looked at.
    #[must_use]
    pub fn suggestion(self, key: Key) -> bool {
        self.suggestion & bit(key) != 0
    }

    /// Whether this part of the facts is looked at.
    #[must_use]
    pub fn facts(self, key: Key) -> bool {
        self.facts & bit(key) != 0
    }

    /// Whether the findings are looked at.
    #[must_use]
    pub fn findings(self) -> bool {
        self.findings
    }
}

/// The keys that the rest of a path means: the one that it begins with, or all.
fn keys(path: &[&str]) -> u64 {
    let Some(word) = path.first() else { return u64::MAX };
    Key::ALL.iter().find(|key| key.as_str() == *word).map_or(0, |key| bit(*key))
}

fn bit(key: Key) -> u64 {
    const { assert!(Key::ALL.len() <= 64, "a bit for each key") };
    1 << key as u64
}
