//! Sign-ins that were begun and wait for the browser to come back.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};
use rand::random;

use crate::model::Digest;

/// How long somebody may take to sign in.
pub const PATIENCE: Duration = Duration::from_mins(10);

/// The most sign-ins that wait: beyond that, the oldest is forgotten.
const MOST: usize = 1_000;

/// What a browser keeps while somebody signs in: whoever has it, and nobody else, can finish what was begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Handle(String);

impl Handle {
    fn new() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random::<[u8; 32]>()))
    }

    /// The value of the cookie: 43 letters, digits, hyphens and underscores.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(…)")
    }
}

/// What was made up when a sign-in began, and must come back.
#[derive(Debug)]
pub(super) struct Pending {
    /// Comes back with the browser.
    pub state: CsrfToken,
    /// Comes back in the ID token.
    pub nonce: Nonce,
    /// Shows the issuer that who brings the code is who began.
    pub verifier: PkceCodeVerifier,
}

impl Pending {
    /// Whether a state is that of this sign-in. Digests are compared, so how long that takes tells nothing.
    pub fn is_of(&self, state: &str) -> bool {
        Digest::of(self.state.secret().as_bytes()) == Digest::of(state.as_bytes())
    }
}

struct Kept {
    /// The digest of the handle: it is found by that, and so how long it takes tells nothing of handles there are.
    by: Digest,
    since: Instant,
    pending: Pending,
}

/// Sign-ins that wait, the oldest first.
#[derive(Default)]
pub(super) struct Pendings(Mutex<VecDeque<Kept>>);

impl Pendings {
    /// Keeps one for whoever has the handle.
    pub fn keep(&self, pending: Pending, now: Instant) -> Handle {
        let handle = Handle::new();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while kept.len() >= MOST || kept.front().is_some_and(|oldest| is_over(oldest, now)) {
            kept.pop_front();
        }
        kept.push_back(Kept { by: Digest::of(handle.0.as_bytes()), since: now, pending });
        handle
    }

    /// Takes one out for good: whoever comes again with the same handle finds nothing.
    pub fn take(&self, handle: &str, now: Instant) -> Option<Pending> {
        let by = Digest::of(handle.as_bytes());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|one| one.by == by)?;
        kept.remove(at).filter(|one| !is_over(one, now)).map(|one| one.pending)
    }
}

fn is_over(kept: &Kept, now: Instant) -> bool {
    now.saturating_duration_since(kept.since) >= PATIENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(state: &str) -> Pending {
        Pending {
            state: CsrfToken::new(state.to_owned()),
            nonce: Nonce::new_random(),
            verifier: PkceCodeVerifier::new("x".repeat(43)),
        }
    }

    #[test]
    fn one_is_taken_once_by_its_handle_and_in_time() {
        let (pendings, now) = (Pendings::default(), Instant::now());
        let first = pendings.keep(pending("one"), now);
        let second = pendings.keep(pending("two"), now);
        assert!(first.text() != second.text() && first.text().len() == 43);
        for wrong in ["", &first.text()[1..], &first.text().to_lowercase()] {
            assert!(pendings.take(wrong, now).is_none(), "{wrong}");
        }
        let taken = pendings.take(first.text(), now).unwrap();
        assert!(taken.is_of("one") && !taken.is_of("two") && !taken.is_of(""));
        assert!(pendings.take(first.text(), now).is_none(), "it is taken once");
        assert!(pendings.take(second.text(), now + PATIENCE).is_none(), "it is over");
        assert!(pendings.take(second.text(), now).is_none(), "and stays so");
    }

    #[test]
    fn no_more_wait_than_may() {
        let (pendings, now) = (Pendings::default(), Instant::now());
        let handles: Vec<Handle> = (0..=MOST).map(|_| pendings.keep(pending("s"), now)).collect();
        assert_eq!(pendings.0.lock().unwrap().len(), MOST);
        assert!(pendings.take(handles[0].text(), now).is_none(), "the oldest went");
        assert!(pendings.take(handles[1].text(), now).is_some());
        pendings.keep(pending("s"), now + PATIENCE);
        assert_eq!(pendings.0.lock().unwrap().len(), 1, "those that are over go as well");
    }
}
