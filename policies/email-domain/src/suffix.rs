//! Which part of a domain somebody has registered, by the rules of a public suffix list.

use crate::domain;
use crate::list::{List, lines};

/// The rules.
pub struct Suffixes {
    plain: List,
    /// Rules that begin with `*.`, without it.
    wildcard: List,
    /// Rules that begin with `!`, without it.
    exception: List,
}

/// The registered part of a domain: `mail.acme.co.uk` is of `acme` under `co.uk`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered<'a> {
    /// `acme.co.uk`; the whole domain if it is itself a public suffix.
    pub whole: &'a str,
    /// `acme`.
    pub name: &'a str,
    /// `co.uk`.
    pub suffix: &'a str,
}

impl Suffixes {
    /// Reads rules in the syntax of the public suffix list.
    pub fn parse(given: Option<&[String]>, own: &str) -> Result<Self, String> {
        let rules = lines(given, own);
        let bytes = rules.clone().map(str::len).sum();
        let mut suffixes = Self {
            plain: List::with_capacity(bytes, rules.clone().count()),
            wildcard: List::default(),
            exception: List::default(),
        };
        for line in rules {
            // The list's own format: a rule ends at the first blank.
            let rule = line.split_whitespace().next().unwrap_or_default();
            let (list, suffix) = if let Some(rest) = rule.strip_prefix("*.") {
                (&mut suffixes.wildcard, rest)
            } else if let Some(rest) = rule.strip_prefix('!') {
                (&mut suffixes.exception, rest)
            } else {
                (&mut suffixes.plain, rule)
            };
            list.push(&domain::normal_labels(suffix, 1).ok_or_else(|| format!("`{rule}` is no rule"))?)?;
        }
        suffixes.plain.sort();
        suffixes.wildcard.sort();
        suffixes.exception.sort();
        Ok(suffixes)
    }

    /// What is registered of a domain in normal form.
    pub fn registered<'a>(&self, domain: &'a str) -> Registered<'a> {
        // From the longest candidate to the shortest: the longest rule that matches counts.
        let (mut longer, mut candidate) = (domain, domain);
        loop {
            let parent = candidate.split_once('.').map(|(_, parent)| parent);
            match parent {
                Some(parent) if self.exception.contains(candidate) => return split(candidate, parent),
                Some(parent) if !self.plain.contains(candidate) && !self.wildcard.contains(parent) => {
                    longer = candidate;
                    candidate = parent;
                }
                _ => return split(longer, candidate),
            }
        }
    }
}

fn split<'a>(whole: &'a str, suffix: &'a str) -> Registered<'a> {
    let name = whole.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.')).unwrap_or(whole);
    Registered { whole, name, suffix }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_s_own_examples() {
        let rules =
            "// comment\ncom\n*.jp\n*.hokkaido.jp\n*.tokyo.jp\n!pref.hokkaido.jp\nuk\nco.uk  a remark\n公司.cn\n";
        let suffixes = Suffixes::parse(Some(&[rules.to_owned()]), "").unwrap();
        for (domain, whole) in [
            ("com", "com"),
            ("example.com", "example.com"),
            ("foo.example.com", "example.com"),
            ("foo.bar.jp", "foo.bar.jp"),
            ("bar.jp", "bar.jp"),
            ("foo.bar.hokkaido.jp", "foo.bar.hokkaido.jp"),
            ("x.pref.hokkaido.jp", "pref.hokkaido.jp"),
            ("a.b.acme.co.uk", "acme.co.uk"),
            ("acme.uk", "acme.uk"),
            ("a.食狮.公司.cn", "食狮.公司.cn"),
            ("a.b.unknown", "b.unknown"),
        ] {
            assert_eq!(suffixes.registered(domain).whole, whole, "{domain}");
        }
        let registered = suffixes.registered("mail.acme.co.uk");
        assert_eq!((registered.name, registered.suffix), ("acme", "co.uk"));
    }

    #[test]
    fn a_rule_that_is_none_is_refused() {
        assert!(Suffixes::parse(Some(&["co uk".to_owned(), "b@d".to_owned()]), "").is_err());
    }
}
