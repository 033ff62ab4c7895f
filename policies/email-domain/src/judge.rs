//! What is said about one change.

use std::fmt::Write as _;

use countersign_guest::prelude::*;

use crate::list::List;
use crate::look_alike::looks_like;
use crate::suffix::Registered;
use crate::{EmailDomain, domain, script};

/// What is longer, in bytes, is no list of addresses.
const LONGEST: usize = 8192;
/// What stands for such a text.
const UNREADABLE: &str = "?";
/// How many addresses of one value are looked at.
const MOST: usize = 20;

/// The findings about one change: each code once, however many addresses it fits.
struct Noted<'a> {
    module: &'a EmailDomain,
    field: &'a str,
    findings: Vec<Finding>,
}

impl Noted<'_> {
    fn add(&mut self, code: &str, severity: Severity, message: impl Into<String>) {
        if self.findings.iter().all(|finding| finding.code != code) {
            let severity = self.module.severities.get(code).copied().unwrap_or(severity);
            self.findings.push(Finding::new(code, severity, message).on(self.field));
        }
    }
}

impl EmailDomain {
    pub(crate) fn judge(&self, change: &Change, facts: &Facts) -> Vec<Finding> {
        let mut noted = Noted { module: self, field: &change.field, findings: Vec::new() };
        let proposed = read(&change.proposed);
        if proposed.is_empty() {
            return noted.findings;
        }
        let before = before(change, facts);
        let site = self.site(facts);
        for address in &proposed {
            match address {
                Some(domain) => self.judge_domain(domain, &before, site.as_deref(), &mut noted),
                None => noted.add("email-domain.unreadable", Severity::Medium, "No domain can be read from the value."),
            }
        }
        noted.findings
    }

    fn judge_domain(&self, domain: &str, before: &[String], site: Option<&str>, noted: &mut Noted) {
        let own = self.suffixes.registered(domain);
        let prior = || before.iter().map(|domain| self.suffixes.registered(domain));
        let site = site.map(|site| self.suffixes.registered(site));
        let free = below(&self.free, domain, &own);
        let changed = prior().all(|prior| prior.whole != own.whole);
        if let (true, Some(first)) = (changed, prior().next()) {
            let message = format!("The address is at {}, before at {}.", shown(own.whole), shown(first.whole));
            noted.add("email-domain.changed", Severity::Medium, message);
        }
        if free {
            self.judge_free(before, &own, noted);
        }
        if below(&self.disposable, domain, &own) {
            let message = format!("{} gives out throw-away addresses.", shown(own.whole));
            noted.add("email-domain.disposable", Severity::High, message);
        }
        // A provider known by name is no forgery of another, however close their names are.
        if changed
            && !free
            && let Some(reference) = self.imitated(&own, prior().chain(site))
        {
            let message = format!("{} looks like {} and is another domain.", shown(own.whole), shown(&reference));
            noted.add("email-domain.look-alike", Severity::High, message);
        }
        if script::is_mixed(domain) {
            let message = format!("The domain {} mixes scripts within one label.", shown(domain));
            noted.add("email-domain.mixed-script", Severity::High, message);
        }
        if let Some(site) = site.filter(|site| !free && site.whole != own.whole) {
            let message =
                format!("The address is at {}, the company's website at {}.", shown(own.whole), shown(site.whole));
            noted.add("email-domain.site-mismatch", Severity::Low, message);
        }
    }

    fn judge_free(&self, before: &[String], own: &Registered, noted: &mut Noted) {
        let company = |domain: &String| {
            let prior = self.suffixes.registered(domain);
            !below(&self.free, domain, &prior) && !below(&self.disposable, domain, &prior)
        };
        if before.iter().any(company) {
            let message = format!("{} is a free mail provider; the address before was a company's.", shown(own.whole));
            noted.add("email-domain.free", Severity::Medium, message);
        } else if before.is_empty() {
            let message = format!("{} is a free mail provider.", shown(own.whole));
            noted.add("email-domain.free", Severity::Low, message);
        }
    }

    /// The domain that the proposed one looks like. One that is known itself imitates none.
    fn imitated<'a>(&self, own: &Registered, known: impl Iterator<Item = Registered<'a>> + Clone) -> Option<String> {
        if known.clone().any(|known| known.whole == own.whole) || self.trusted.contains(own.whole) {
            return None;
        }
        let mut known = known;
        known
            .find(|known| looks_like(own, known))
            .map(|known| known.whole.to_owned())
            .or_else(|| self.trusted.imitated(own, &self.suffixes).map(|found| found.whole.to_owned()))
    }

    fn site(&self, facts: &Facts) -> Option<String> {
        let mut sites = facts.fields.iter().filter(|fact| fact.matches(&self.website_fields));
        sites.find_map(|fact| fact.value.texts().take(MOST).find_map(domain::of_website))
    }
}

/// The domains before: of the value to be replaced or, where an address is added, of what is there.
fn before(change: &Change, facts: &Facts) -> Vec<String> {
    let prior = change.prior.known().filter(|prior| !prior.is_empty());
    let value = prior.or_else(|| facts.value(&change.field));
    value.map(read).unwrap_or_default().into_iter().flatten().collect()
}

/// The domain of each address in a value; nothing for what is no address.
fn read(value: &Value) -> Vec<Option<String>> {
    if value.is_empty() || *value == Value::Withheld {
        return Vec::new();
    }
    let texts = match value {
        Value::Text(text) => std::slice::from_ref(text),
        Value::Choices(choices) => choices,
        _ => return vec![None],
    };
    let addresses = texts.iter().flat_map(|text| {
        let read = if text.len() <= LONGEST { text.as_str() } else { UNREADABLE };
        read.split([';', ',']).map(str::trim).filter(|address| !address.is_empty())
    });
    // One more than is looked at says that there is more.
    let mut domains: Vec<_> = addresses.take(MOST + 1).map(domain::of_address).collect();
    if let Some(more) = domains.get_mut(MOST) {
        *more = None;
    }
    domains
}

/// Whether a domain, or one above it down to the registered one, is in a list.
fn below(list: &List, domain: &str, own: &Registered) -> bool {
    let parents = std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, parent)| parent));
    parents.take_while(|parent| parent.len() >= own.whole.len()).any(|parent| list.contains(parent))
}

/// A domain for people: what may look like another letter is written as its code point.
fn shown(domain: &str) -> String {
    let mut shown = String::with_capacity(domain.len());
    for c in domain.chars().take(80) {
        if c.is_ascii() {
            shown.push(c);
        } else {
            let _ = write!(shown, "<U+{:04X}>", u32::from(c));
        }
    }
    shown
}
