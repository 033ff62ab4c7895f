//! What the data subject says about each purpose at the time of the decision. No policy language has an easy way to
//! find the newest of several entries, and one that takes any of them lets a revoked consent count.

use std::collections::BTreeMap;

use countersign_guest::prelude::*;

/// What the newest entry of a purpose says. In order: of two of one time the later here counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Say {
    /// Agreed.
    Granted,
    /// A word that is not known.
    Unknown,
    /// Agreed once, and no longer.
    Revoked,
    /// Refused.
    Denied,
}

impl Say {
    /// The word that a rule sees.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Unknown => "unknown",
            Self::Revoked => "revoked",
            Self::Denied => "denied",
        }
    }
}

/// What is said by purpose; a purpose of which nothing counts is left out. Entries without a time are the oldest, those
/// of the future are ignored, and where the time is unreadable a grant is ignored and anything else is the newest.
#[must_use]
pub fn by_purpose<'a>(consents: &'a [Consent], now: &str) -> BTreeMap<&'a str, Say> {
    // Nobody can say what is newest where nobody knows what time it is.
    let now = Timestamp::parse(now).map_or(i64::MIN, |now| now.0);
    let mut newest: BTreeMap<&str, (i64, Say)> = BTreeMap::new();
    for consent in consents {
        let Some(entry) = dated(consent, now) else { continue };
        let kept = newest.entry(&consent.purpose).or_insert(entry);
        *kept = entry.max(*kept);
    }
    newest.into_iter().map(|(purpose, (_, say))| (purpose, say)).collect()
}

fn dated(consent: &Consent, now: i64) -> Option<(i64, Say)> {
    let say = match consent.state.as_str() {
        "granted" => Say::Granted,
        "denied" => Say::Denied,
        "revoked" => Say::Revoked,
        _ => Say::Unknown,
    };
    let Some(at) = &consent.at else { return Some((i64::MIN, say)) };
    match Timestamp::parse(at) {
        Some(at) => (at.0 <= now).then_some((at.0, say)),
        None => (say != Say::Granted).then_some((i64::MAX, say)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(entries: &[(&str, Option<&str>)]) -> Option<Say> {
        let entry = |(state, at): &(&str, Option<&str>)| Consent {
            purpose: "enrichment".into(),
            state: (*state).into(),
            at: at.map(str::to_owned),
        };
        let consents: Vec<_> = entries.iter().map(entry).collect();
        by_purpose(&consents, "2026-11-20T09:00:00Z").remove("enrichment")
    }

    #[test]
    fn the_newest_entry_counts_and_of_equals_the_stricter() {
        let (old, new) = (Some("2024-01-01T00:00:00Z"), Some("2025-01-01T00:00:00Z"));
        assert_eq!(said(&[("revoked", new), ("granted", old)]), Some(Say::Revoked));
        assert_eq!(said(&[("revoked", old), ("granted", new)]), Some(Say::Granted));
        assert_eq!(said(&[("denied", new), ("granted", new)]), Some(Say::Denied));
        assert_eq!(said(&[("granted", None), ("revoked", None)]), Some(Say::Revoked));
        assert_eq!(said(&[("maybe", new)]), Some(Say::Unknown));
    }

    #[test]
    fn the_future_and_unreadable_times() {
        assert_eq!(said(&[("granted", Some("2026-11-21T00:00:00Z"))]), None);
        assert_eq!(said(&[("granted", Some("once"))]), None);
        assert_eq!(said(&[("revoked", Some("once")), ("granted", None)]), Some(Say::Revoked));
    }
}
