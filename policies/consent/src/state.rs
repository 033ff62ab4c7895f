//! Finds out what the data subject says about one purpose now.

use countersign_guest::prelude::*;

/// What the data subject says about a purpose. In order: of two entries of the same time, the later here counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Agreed, and not too long ago.
    Granted,
    /// Agreed, but too long ago.
    Expired,
    /// Nothing is recorded.
    Missing,
    /// A word that is not known.
    Unknown,
    /// Agreed once, and no longer.
    Revoked,
    /// Refused.
    Denied,
}

/// The newest entry of the purpose decides; those that are dated later than now are ignored.
pub fn state(consents: &[Consent], purpose: &str, now: Timestamp, expires_days: u32) -> State {
    let newest =
        consents.iter().filter(|consent| consent.purpose == purpose).filter_map(|consent| dated(consent, now)).max();
    match newest {
        None => State::Missing,
        Some((at, State::Granted)) if expires_days > 0 => {
            let age = now.0.saturating_sub(at);
            if age > i64::from(expires_days) * 86_400 { State::Expired } else { State::Granted }
        }
        Some((_, state)) => state,
    }
}

/// An entry with its time in seconds; nothing if it is to be ignored.
fn dated(consent: &Consent, now: Timestamp) -> Option<(i64, State)> {
    let state = match consent.state.as_str() {
        "granted" => State::Granted,
        "denied" => State::Denied,
        "revoked" => State::Revoked,
        _ => State::Unknown,
    };
    let Some(at) = &consent.at else {
        return Some((i64::MIN, state));
    };
    match Timestamp::parse(at) {
        Some(at) => (at <= now).then_some((at.0, state)),
        // Nobody can say how old it is: a 'yes' may be the oldest entry, a 'no' the newest.
        None => (state != State::Granted).then_some((i64::MAX, state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entries: &[(&str, Option<&str>)], expires_days: u32) -> State {
        let entry = |(state, at): &(&str, Option<&str>)| Consent {
            purpose: "enrichment".into(),
            state: (*state).into(),
            at: at.map(str::to_owned),
        };
        let consents: Vec<_> = entries.iter().map(entry).collect();
        state(&consents, "enrichment", Timestamp::parse("2026-11-20T09:00:00Z").unwrap(), expires_days)
    }

    #[test]
    fn the_newest_entry_counts() {
        let old = Some("2024-01-01T00:00:00Z");
        let new = Some("2025-01-01T00:00:00Z");
        assert_eq!(of(&[("revoked", new), ("granted", old)], 0), State::Revoked);
        assert_eq!(of(&[("revoked", old), ("granted", new)], 0), State::Granted);
        assert_eq!(of(&[("denied", None), ("granted", old)], 0), State::Granted);
        assert_eq!(of(&[("granted", None)], 0), State::Granted);
        assert_eq!(of(&[], 0), State::Missing);
    }

    #[test]
    fn at_the_same_time_the_stricter_counts() {
        let at = Some("2025-01-01T00:00:00Z");
        assert_eq!(of(&[("denied", at), ("granted", at)], 0), State::Denied);
        assert_eq!(of(&[("granted", None), ("revoked", None)], 0), State::Revoked);
    }

    #[test]
    fn the_future_is_ignored() {
        let tomorrow = Some("2026-11-21T00:00:00Z");
        assert_eq!(of(&[("granted", tomorrow)], 0), State::Missing);
        assert_eq!(of(&[("granted", None), ("revoked", tomorrow)], 0), State::Granted);
    }

    #[test]
    fn a_time_that_is_none_speaks_against_the_entry() {
        assert_eq!(of(&[("granted", Some("once"))], 0), State::Missing);
        assert_eq!(of(&[("revoked", Some("once")), ("granted", Some("2025-01-01T00:00:00Z"))], 0), State::Revoked);
    }

    #[test]
    fn consent_expires_if_it_is_told_to() {
        let a_year_ago = Some("2025-11-20T09:00:00Z");
        assert_eq!(of(&[("granted", a_year_ago)], 365), State::Granted);
        assert_eq!(of(&[("granted", a_year_ago)], 364), State::Expired);
        assert_eq!(of(&[("granted", None)], 364), State::Expired);
        assert_eq!(of(&[("denied", a_year_ago)], 364), State::Denied);
    }
}
