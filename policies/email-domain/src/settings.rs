//! The settings and what is made of them.

use std::collections::BTreeMap;

use countersign_guest::prelude::*;
use countersign_guest::text::cut;

use crate::domain;
use crate::list::{List, lines};
use crate::look_alike::Trusted;
use crate::suffix::Suffixes;

/// Which fields hold addresses, and what is known about domains.
///
/// Every list of domains replaces the module's own; an entry may hold several lines, so that a whole
/// file can be pasted as one entry. Lines that begin with `//` are comments.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The fields that hold e-mail addresses: names or `#tag`.
    pub(crate) fields: Vec<String>,
    /// The fields that hold the website of the person's company: names or `#tag`.
    pub(crate) website_fields: Vec<String>,
    /// Domains of free mail providers, with everything below them. If absent, about ninety well-known ones.
    free_domains: Option<Vec<String>>,
    /// Domains of providers of throw-away addresses, with everything below them. If absent, about ninety
    /// well-known ones.
    disposable_domains: Option<Vec<String>>,
    /// Domains that are likely to be imitated: the company's own, its bank's, its partners'.
    trusted_domains: Vec<String>,
    /// Rules in the syntax of the public suffix list, with `*.` and `!`. If absent, the country second
    /// levels that are met in addresses. A domain that no rule matches is registered under its last label.
    public_suffixes: Option<Vec<String>>,
    /// Severities other than the built-in ones, by code.
    severities: BTreeMap<String, Severity>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            fields: vec!["#email".to_owned()],
            website_fields: vec!["#website".to_owned()],
            free_domains: None,
            disposable_domains: None,
            trusted_domains: Vec::new(),
            public_suffixes: None,
            severities: BTreeMap::new(),
        }
    }
}

/// The configured module.
pub struct EmailDomain {
    pub(crate) fields: Vec<String>,
    pub(crate) website_fields: Vec<String>,
    pub(crate) free: List,
    pub(crate) disposable: List,
    pub(crate) trusted: Trusted,
    pub(crate) suffixes: Suffixes,
    pub(crate) severities: BTreeMap<String, Severity>,
}

impl EmailDomain {
    pub(crate) fn new(settings: Settings) -> Result<Self, String> {
        if settings.fields.is_empty() {
            return Err("fields: names no field, so the module would have nothing to judge".to_owned());
        }
        check_fields("fields", &settings.fields)?;
        check_fields("website-fields", &settings.website_fields)?;
        check_codes::<Self>("severities", settings.severities.keys())?;
        let suffixes = Suffixes::parse(settings.public_suffixes.as_deref(), include_str!("public-suffixes.txt"))
            .map_err(|why| format!("public-suffixes: {why}"))?;
        let free = domains("free-domains", settings.free_domains.as_deref(), include_str!("free-domains.txt"))?;
        let own = include_str!("disposable-domains.txt");
        let disposable = domains("disposable-domains", settings.disposable_domains.as_deref(), own)?;
        let mut trusted = List::default();
        for line in lines(Some(&settings.trusted_domains), "") {
            // Whoever lists `mail.acme.com` means the company that registered `acme.com`.
            let domain = normal("trusted-domains", line)?;
            trusted.push(suffixes.registered(&domain).whole).map_err(|why| format!("trusted-domains: {why}"))?;
        }
        let trusted = Trusted::new(trusted, &suffixes);
        let Settings { fields, website_fields, severities, .. } = settings;
        Ok(Self { fields, website_fields, free, disposable, trusted, suffixes, severities })
    }
}

fn domains(key: &str, given: Option<&[String]>, own: &str) -> Result<List, String> {
    let names = lines(given, own);
    let mut list = List::with_capacity(names.clone().map(str::len).sum(), names.clone().count());
    for line in names {
        list.push(&normal(key, line)?).map_err(|why| format!("{key}: {why}"))?;
    }
    list.sort();
    Ok(list)
}

fn normal(key: &str, line: &str) -> Result<String, String> {
    domain::normal(line).ok_or_else(|| format!("{key}: `{}` is no domain", cut(line, 100)))
}
