//! Domains made to be taken for another.

use std::str::Chars;

use crate::confusable::{fold, skeleton};
use crate::list::List;
use crate::suffix::{Registered, Suffixes};

/// Whether the proposed domain looks like the reference and is another.
pub fn looks_like(proposed: &Registered, reference: &Registered) -> bool {
    if proposed.whole == reference.whole {
        return false;
    }
    if proposed.name == reference.name {
        return suffixes_look_alike(proposed.suffix, reference.suffix);
    }
    let (mine, theirs) = (fold(proposed.name), fold(reference.name));
    skeleton(&mine).eq(skeleton(&theirs)) || within(mine.chars(), theirs.chars(), allowed(&mine, &theirs))
}

/// `acme.co` passes for `acme.com`. Two countries side by side, `acme.de` and `acme.dk`, are a company
/// abroad and no forgery.
fn suffixes_look_alike(a: &str, b: &str) -> bool {
    let top = |suffix: &str| suffix.rsplit('.').next().map_or(0, str::len);
    (top(a) > 2 || top(b) > 2) && within(a.chars(), b.chars(), 1)
}

/// How many edits still make a look-alike: short names lie close together by chance.
fn allowed(a: &str, b: &str) -> u32 {
    match a.chars().count().min(b.chars().count()) {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The domains that are often imitated, prepared so that one pass over thousands is cheap.
pub struct Trusted {
    domains: List,
    /// Of each domain, in the list's order: the characters of its folded name and the hash of its skeleton.
    sketches: Vec<(u32, u32)>,
}

impl Trusted {
    pub fn new(mut domains: List, suffixes: &Suffixes) -> Self {
        domains.sort();
        let sketches = domains.iter().map(|domain| sketch(&fold(suffixes.registered(domain).name))).collect();
        Self { domains, sketches }
    }

    pub fn contains(&self, domain: &str) -> bool {
        self.domains.contains(domain)
    }

    /// The first trusted domain that the proposed one looks like.
    pub fn imitated<'a>(&'a self, proposed: &Registered, suffixes: &Suffixes) -> Option<Registered<'a>> {
        let (letters, hash) = sketch(&fold(proposed.name));
        self.domains
            .iter()
            .zip(&self.sketches)
            // One edit changes at most two bits of the set of letters.
            .filter(|(_, theirs)| (theirs.0 ^ letters).count_ones() <= 4 || theirs.1 == hash)
            .map(|(domain, _)| suffixes.registered(domain))
            .find(|reference| looks_like(proposed, reference))
    }
}

fn sketch(folded: &str) -> (u32, u32) {
    let letters = folded.chars().fold(0, |set, c| set | 1 << (u32::from(c) % 32));
    // FNV-1a.
    let hash = skeleton(folded).fold(0x811c_9dc5, |hash: u32, c| (hash ^ u32::from(c)).wrapping_mul(0x0100_0193));
    (letters, hash)
}

/// Whether at most `edits` insertions, deletions, replacements or swaps of neighbours lead from one to
/// the other. Goes back over the text at most four times an edit, which with two edits is little.
fn within(mut a: Chars, mut b: Chars, edits: u32) -> bool {
    loop {
        let (here_a, here_b) = (a.clone(), b.clone());
        let (next_a, next_b) = (a.next(), b.next());
        if next_a == next_b {
            if next_a.is_none() {
                return true;
            }
            continue;
        }
        let Some(left) = edits.checked_sub(1) else { return false };
        let both = next_a.is_some() && next_b.is_some();
        let swapped = || {
            let (mut a, mut b) = (a.clone(), b.clone());
            a.next() == next_b && b.next() == next_a && within(a, b, left)
        };
        return both && (within(a.clone(), b.clone(), left) || swapped())
            || next_a.is_some() && within(a, here_b, left)
            || next_b.is_some() && within(here_a, b, left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> bool {
        let suffixes = Suffixes::parse(Some(&["co.uk".to_owned()]), "").unwrap();
        looks_like(&suffixes.registered(a), &suffixes.registered(b))
    }

    #[test]
    fn forgeries() {
        for (forged, real) in [
            ("paypa1.com", "paypal.com"),
            ("g00gle.com", "google.com"),
            ("rnicrosoft.com", "microsoft.com"),
            ("rnicrosoft.net", "microsoft.com"),
            ("vvise.com", "wise.com"),
            ("аррӏе.com", "apple.com"),
            ("ɑcme.com", "acme.com"),
            ("citíbank.com", "citibank.com"),
            ("acmee.com", "acme.com"),
            ("amce.com", "acme.com"),
            ("mcrosofft.com", "microsoft.com"),
            ("acme.co", "acme.com"),
            ("acme.cm", "acme.com"),
            ("іbm.com", "ibm.com"),
        ] {
            assert!(alike(forged, real) && alike(real, forged), "{forged}");
        }
    }

    #[test]
    fn other_companies() {
        for (one, other) in [
            ("acme.com", "acme.com"),
            ("acme.de", "acme.dk"),
            ("acme.com", "acme.org"),
            ("acme.com", "acme.co.uk"),
            ("ibm.com", "ubs.com"),
            ("ibm.com", "ibn.com"),
            ("globex.com", "acme.com"),
            ("acne-shop.com", "acme.com"),
        ] {
            assert!(!alike(one, other) && !alike(other, one), "{one}");
        }
    }

    #[test]
    fn one_pass_over_many_trusted_domains() {
        let suffixes = Suffixes::parse(None, "").unwrap();
        let mut list = List::with_capacity(0, 0);
        for i in 0..10_000 {
            list.push(&format!("company-number-{i}.example")).unwrap();
        }
        list.push("modern-vvarren.com").unwrap();
        let trusted = Trusted::new(list, &suffixes);
        let imitated = |domain| trusted.imitated(&suffixes.registered(domain), &suffixes).map(|found| found.whole);
        assert_eq!(imitated("rnodern-warren.com"), Some("modern-vvarren.com"));
        assert_eq!(imitated("modern-warren.com"), Some("modern-vvarren.com"));
        assert_eq!(imitated("modernn-vvarren.com"), Some("modern-vvarren.com"));
        assert_eq!(imitated("globex.com"), None);
    }
}
