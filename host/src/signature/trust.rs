//! `trust.toml`: whose signatures are asked for, by the names of modules.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use toml::Spanned;

use super::{KeyId, PublicKey};

/// Whose signatures are asked for.
#[derive(Clone, Debug)]
pub struct Trust {
    pub(super) keys: Vec<TrustedKey>,
    pub(super) rules: Vec<Rule>,
}

/// A file that does not say whom to trust; the message has a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TrustError(String);

/// A key that is known.
#[derive(Clone, Debug)]
pub(super) struct TrustedKey {
    pub name: String,
    pub public: PublicKey,
    pub revoked: Option<Revoked>,
}

/// Since when a key counts no longer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Revoked {
    pub at: Timestamp,
    pub reason: String,
}

/// Who vouches for modules of some names.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Names, or what they begin with and a `*`.
    pub modules: Vec<String>,
    /// How many of the keys must have signed.
    pub signatures: usize,
    pub keys: Vec<KeyId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustFile {
    #[serde(default, rename = "key")]
    keys: Vec<KeyEntry>,
    #[serde(default, rename = "rule")]
    rules: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    name: Spanned<String>,
    id: Spanned<String>,
    public: Spanned<String>,
    revoked: Option<Revoked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    modules: Spanned<Vec<Spanned<String>>>,
    signatures: Spanned<usize>,
    keys: Vec<Spanned<String>>,
}

/// What is wrong, and where in the text.
type Mistake = (usize, String);

impl Trust {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`TrustError`] names the line, the key and what to write.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        let file: TrustFile = toml::from_str(text).map_err(|error| TrustError(error.to_string()))?;
        let at_line = |(at, what): Mistake| {
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            TrustError(format!("line {line}: {what}"))
        };
        let mut trust = Self { keys: Vec::new(), rules: Vec::new() };
        for entry in &file.keys {
            let key = trust.key(entry).map_err(at_line)?;
            trust.keys.push(key);
        }
        for entry in &file.rules {
            let rule = trust.rule(entry).map_err(at_line)?;
            trust.rules.push(rule);
        }
        Ok(trust)
    }

    /// Trusts these keys, each with what people call it, with every module: all of them must have signed it.
    #[must_use]
    pub fn in_keys(keys: Vec<(String, PublicKey)>) -> Self {
        let mut known = BTreeSet::new();
        let new = keys.into_iter().filter(|(_, public)| known.insert(public.id()));
        let keys: Vec<_> = new.map(|(name, public)| TrustedKey { name, public, revoked: None }).collect();
        let ids: Vec<_> = keys.iter().map(|key| key.public.id()).collect();
        // Without a key, nobody can vouch for anything.
        let rule = Rule { modules: vec!["*".to_owned()], signatures: ids.len().max(1), keys: ids };
        Self { keys, rules: vec![rule] }
    }

    /// The rule for a module: the first that fits its name.
    pub(super) fn rule_for(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.fits(name))
    }

    fn key(&self, entry: &KeyEntry) -> Result<TrustedKey, Mistake> {
        let name = entry.name.get_ref();
        if name.is_empty() || name.contains(char::is_control) {
            return Err((
                entry.name.span().start,
                "key `name`: write what people call the key, in one line".to_owned(),
            ));
        }
        if self.keys.iter().any(|key| key.name == *name) {
            let what = format!("key `name`: another key is called {name:?}; give each a name of its own");
            return Err((entry.name.span().start, what));
        }
        let public = PublicKey::from_pem(entry.public.get_ref())
            .map_err(|error| (entry.public.span().start, format!("key `public` of {name:?}: {error}")))?;
        let id = public.id();
        if entry.id.get_ref().parse::<KeyId>() != Ok(id) {
            return Err((
                entry.id.span().start,
                format!("key `id` of {name:?}: the public key that stands there is {id}"),
            ));
        }
        if let Some(same) = self.keys.iter().find(|key| key.public.id() == id) {
            let what =
                format!("key `public` of {name:?}: it is the key of {:?} again, and would count two times", same.name);
            return Err((entry.public.span().start, what));
        }
        Ok(TrustedKey { name: name.clone(), public, revoked: entry.revoked.clone() })
    }

    fn rule(&self, entry: &RuleEntry) -> Result<Rule, Mistake> {
        let mut modules = Vec::new();
        for module in entry.modules.get_ref() {
            let pattern = module.get_ref();
            if pattern.is_empty() || pattern.strip_suffix('*').unwrap_or(pattern).contains('*') {
                let what =
                    format!("key `modules`: {pattern:?} is no name, and no beginning of names with a `*` at its end");
                return Err((module.span().start, what));
            }
            modules.push(pattern.clone());
        }
        if modules.is_empty() {
            let what = "key `modules`: the rule is for no module; name one, or write \"*\" for all".to_owned();
            return Err((entry.modules.span().start, what));
        }
        let keys = self.keys_of(&entry.keys)?;
        let signatures = *entry.signatures.get_ref();
        let at = entry.signatures.span().start;
        if signatures == 0 {
            return Err((at, "key `signatures`: a rule asks for 1 signature at least".to_owned()));
        }
        if signatures > keys.len() {
            let what = format!("key `signatures`: {signatures} are asked for, but only {} keys may sign", keys.len());
            return Err((at, what));
        }
        Ok(Rule { modules, signatures, keys })
    }

    fn keys_of(&self, names: &[Spanned<String>]) -> Result<Vec<KeyId>, Mistake> {
        let mut ids = Vec::new();
        for entry in names {
            let (at, name) = (entry.span().start, entry.get_ref());
            let Some(key) = self.keys.iter().find(|key| key.name == *name) else {
                let known: Vec<_> = self.keys.iter().map(|key| key.name.as_str()).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err((at, format!("key `keys`: no [[key]] is called {name:?}; there are: {known}")));
            };
            let id = key.public.id();
            if ids.contains(&id) {
                return Err((at, format!("key `keys`: {name:?} is named two times")));
            }
            ids.push(id);
        }
        Ok(ids)
    }
}

impl Rule {
    fn fits(&self, name: &str) -> bool {
        self.modules.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == pattern,
        })
    }
}
