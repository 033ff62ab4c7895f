//! Who is signed in. A browser has a random text in a cookie, this program its hash; both are worth nothing after a restart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rand::random;

use crate::access::Principal;
use crate::model::Digest;

/// How long the session of a token lasts: a working day.
const LASTS: SignedDuration = SignedDuration::from_hours(8);

/// The most sessions at a time; beyond that, the one that ends first ends now.
const MOST: usize = 10_000;

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// Whoever has the token of this digest. It is looked up with each request, so that revoking it ends its sessions.
    Token(Digest),
    /// Somebody whom the issuer knows, for as long as it was said then.
    Person(Arc<Principal>),
}

/// Who signed in, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Session {
    holder: Holder,
    until: Timestamp,
}

/// All sessions.
#[derive(Default)]
pub(in crate::web) struct Sessions(Mutex<HashMap<Digest, Session>>);

impl Sessions {
    /// Begins one, and returns the text for the cookie.
    pub(super) fn begin(&self, holder: Holder, now: Timestamp) -> String {
        let text = BASE64_URL_SAFE_NO_PAD.encode(random::<[u8; 32]>());
        let until = match &holder {
            Holder::Token(_) => now.checked_add(LASTS).unwrap_or(Timestamp::MAX),
            Holder::Person(person) => person.expires_at().unwrap_or(now),
        };
        let mut sessions = self.all();
        if sessions.len() >= MOST {
            sessions.retain(|_, session| session.until > now);
        }
        if sessions.len() >= MOST {
            let first = sessions.iter().min_by_key(|(_, session)| session.until).map(|(key, _)| *key);
            first.map(|key| sessions.remove(&key));
        }
        sessions.insert(Digest::of(text.as_bytes()), Session { holder, until });
        text
    }

    /// Who has the session that a cookie's text stands for. It is found by its hash, so how long that takes tells nothing.
    pub(super) fn find(&self, text: &str, now: Timestamp) -> Option<Holder> {
        let sessions = self.all();
        sessions
            .get(&Digest::of(text.as_bytes()))
            .filter(|session| session.until > now)
            .map(|session| session.holder.clone())
    }

    /// Ends a session.
    pub(super) fn end(&self, text: &str) {
        self.all().remove(&Digest::of(text.as_bytes()));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Digest, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;

    #[test]
    fn a_session_lasts_until_it_is_over_or_ended() {
        let sessions = Sessions::default();
        let now: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
        let token = |text: &[u8]| Holder::Token(Digest::of(text));
        let (one, other) = (sessions.begin(token(b"a"), now), sessions.begin(token(b"b"), now));
        assert_eq!((one.len(), one == other), (43, false));
        assert_eq!(sessions.find(&one, now), Some(token(b"a")));
        assert_eq!(sessions.find(&one, now + LASTS), None);
        assert_eq!(sessions.find("", now), None);
        sessions.end(&one);
        assert_eq!(sessions.find(&one, now), None);
        assert!(sessions.find(&other, now).is_some());
        let person = Arc::new(Principal::person("person-1f", Role::Auditor, now + SignedDuration::from_hours(1)));
        let third = sessions.begin(Holder::Person(Arc::clone(&person)), now);
        assert_eq!(sessions.find(&third, now), Some(Holder::Person(person)));
        assert_eq!(sessions.find(&third, now + SignedDuration::from_hours(1)), None, "as long as the sign-in");
    }

    #[test]
    fn there_are_never_more_than_may_be() {
        let sessions = Sessions::default();
        let now: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
        let token = Holder::Token(Digest::of(b"a"));
        let first = sessions.begin(token.clone(), now);
        for _ in 0..MOST {
            sessions.begin(token.clone(), now + SignedDuration::from_secs(1));
        }
        assert_eq!(sessions.all().len(), MOST);
        assert_eq!(sessions.find(&first, now), None, "the one that would have ended first");
    }
}
