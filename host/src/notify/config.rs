//! What `countersign.toml` says of webhooks.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use crate::ledger::EventKind;
use crate::model::Outcome;
use crate::outbound::{Address, OutboundError};

/// The most webhooks of a deployment: each has a thread.
pub const MOST: usize = 16;

/// The longest name of a webhook.
const LONGEST_NAME: usize = 40;

/// One webhook: where it is, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Webhook {
    name: Spanned<String>,
    /// Not an address yet: what is wrong with it is said without it, because secrets stand in addresses.
    url: Spanned<String>,
    /// The file with what its events are signed with, relative to the deployment's folder.
    pub secret_file: PathBuf,
    /// Outcomes of the decisions that it is told of; all, if none is named.
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
    /// Kinds of the events that it is told of.
    #[serde(default = "decisions")]
    pub kinds: Vec<EventKind>,
    /// A PEM file with the authorities that alone are trusted to say who the receiver is, relative to the deployment's
    /// folder; the usual ones, if none is named.
    pub authorities: Option<PathBuf>,
    /// Whether personal values are sent.
    #[serde(default)]
    pub values: bool,
}

fn decisions() -> Vec<EventKind> {
    vec![EventKind::Decision]
}

impl Webhook {
    /// Its name: that of its cursor's file, and what logs and metrics call it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.get_ref()
    }

    /// Where events are sent.
    ///
    /// # Errors
    /// If nothing is ever sent there.
    pub fn address(&self) -> Result<Address, OutboundError> {
        self.url.get_ref().clone().try_into()
    }

    /// What is wrong with it, and where in the file.
    fn mistake(&self, first_of_its_name: bool) -> Option<(usize, String)> {
        let name = self.name();
        let at_name = |mistake| Some((self.name.span().start, mistake));
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(good) {
            return at_name(format!(
                "key `name`: {name:?} is no name of a webhook; write small letters, digits and hyphens, {LONGEST_NAME} at most"
            ));
        }
        if !first_of_its_name {
            return at_name(format!("key `name`: another webhook is called {name:?}; give each a name of its own"));
        }
        if self.address().is_err() {
            let mistake = "key `url`: this address is not used; write https://…, or http:// and an address of this machine, \
                           without a name and a password";
            return Some((self.url.span().start, mistake.to_owned()));
        }
        if self.kinds.is_empty() {
            return at_name(format!("key `kinds`: the webhook {name:?} is told of nothing; name a kind of event"));
        }
        if !self.outcomes.is_empty() && !self.kinds.contains(&EventKind::Decision) {
            return at_name(format!(
                "key `outcomes`: those are outcomes of decisions, which `kinds` of the webhook {name:?} leaves out"
            ));
        }
        None
    }
}

/// What is wrong with some webhooks, and where in the file that is.
#[must_use]
pub fn mistake(webhooks: &[Webhook]) -> Option<(usize, String)> {
    if let Some(webhook) = webhooks.get(MOST) {
        let mistake = format!("there are {} webhooks, and {MOST} are the most; put something between", webhooks.len());
        return Some((webhook.name.span().start, mistake));
    }
    let mut names = BTreeSet::new();
    webhooks.iter().find_map(|webhook| webhook.mistake(names.insert(webhook.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        webhooks: Vec<Webhook>,
    }

    fn read(text: &str) -> Vec<Webhook> {
        toml::from_str::<File>(text).unwrap().webhooks
    }

    fn one(name: &str, url: &str, more: &str) -> String {
        format!("[[webhooks]]\nname = {name:?}\nurl = {url:?}\nsecret-file = \"crm.secret\"\n{more}\n")
    }

    const URL: &str = "https://crm.example.com/hook?key=zebedee";

    #[test]
    fn decisions_are_sent_without_values_unless_more_is_asked_for() {
        let plain = read(&one("crm", URL, "")).remove(0);
        assert_eq!((plain.name(), plain.kinds.as_slice()), ("crm", &[EventKind::Decision][..]));
        assert!(plain.outcomes.is_empty() && !plain.values && plain.authorities.is_none());
        let more =
            "outcomes = [\"review\"]\nkinds = [\"decision\", \"erased\"]\nvalues = true\nauthorities = \"ca.pem\"";
        let more = read(&one("crm", URL, more)).remove(0);
        assert_eq!((more.outcomes, more.kinds), (vec![Outcome::Review], vec![EventKind::Decision, EventKind::Erased]));
        assert_eq!(mistake(&read(&(one("crm", URL, "") + &one("other-2", URL, "")))), None);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_without_the_address() {
        for (text, line, words) in [
            (one("CRM", URL, ""), 2, "`name`"),
            (one("", URL, ""), 2, "`name`"),
            (one("../crm", URL, ""), 2, "`name`"),
            (one(&"a".repeat(41), URL, ""), 2, "`name`"),
            (one("crm", URL, "") + &one("crm", URL, ""), 7, "another webhook is called \"crm\""),
            (one("crm", "http://crm.example.com/?key=zebedee", ""), 3, "`url`"),
            (one("crm", "https://crm:zebedee@crm.example.com/", ""), 3, "`url`"),
            (one("crm", URL, "kinds = []"), 2, "`kinds`"),
            (one("crm", URL, "kinds = [\"erased\"]\noutcomes = [\"apply\"]"), 2, "`outcomes`"),
            ((0..17).map(|number| one(&format!("crm-{number}"), URL, "")).collect(), 82, "17 webhooks"),
        ] {
            let (at, said) = mistake(&read(&text)).unwrap();
            assert_eq!(text[..at].lines().count(), line, "{said}");
            assert!(said.contains(words) && !said.contains("zebedee"), "{said}");
        }
        for wrong in ["colour = 1", "kinds = [\"decisions\"]", "outcomes = [\"maybe\"]"] {
            let Err(error) = toml::from_str::<File>(&one("crm", URL, wrong)) else { panic!("{wrong}") };
            let word = wrong.split([' ', '"']).find(|word| ["colour", "decisions", "maybe"].contains(word)).unwrap();
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
