//! Who came in: with a token, or by signing in.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use super::token::token_digest;
use super::{Permission, Role};
use crate::ledger::{Ledger, LedgerError, TokenOnRecord};
use crate::model::Digest;

/// Somebody who came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who, as the ledger names them.
    pub name: Arc<str>,
    /// What they are.
    pub role: Role,
    /// The number of the token that was used; none, if a person signed in.
    pub token: Option<u64>,
    /// What of the role's permissions they have here.
    permissions: Vec<Permission>,
    expires_at: Option<Timestamp>,
}

impl Principal {
    /// A person who signed in, and who has all permissions of a role until a time. The ledger gives names that begin with
    /// [`PERSON`] to nobody else.
    #[must_use]
    pub fn person(name: impl Into<Arc<str>>, role: Role, until: Timestamp) -> Self {
        let permissions = Permission::ALL.iter().copied().filter(|permission| role.may(*permission)).collect();
        Self { name: name.into(), role, token: None, permissions, expires_at: Some(until) }
    }

    /// Whether they may do something.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// All that they may do.
    #[must_use]
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// From when on the token, or the sign-in, is worthless.
    #[must_use]
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// What a token on record makes of whoever has it. A word that this release does not know gives no permission: it was
    /// written by a later one.
    fn of(token: TokenOnRecord) -> Option<Self> {
        let TokenOnRecord { seq, created, .. } = token;
        let role: Role = created.role.parse().ok()?;
        let only: Option<Vec<Permission>> =
            created.only.map(|words| words.iter().filter_map(|word| word.parse().ok()).collect());
        let has = |permission: &Permission| {
            role.may(*permission) && only.as_ref().is_none_or(|only| only.contains(permission))
        };
        let permissions = Permission::ALL.iter().copied().filter(has).collect();
        // A time that cannot be read is over.
        let expires_at = created.expires_at.map(|at| at.parse().unwrap_or(Timestamp::MIN));
        Some(Self { name: created.name.into(), role, token: Some(seq), permissions, expires_at })
    }
}

/// Why somebody does not come in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// No such token: it is forged, or was revoked.
    #[error("this token is not known here, or was revoked")]
    Unknown,
    /// The token is over.
    #[error("this token expired at {0}")]
    Expired(Timestamp),
    /// It cannot be told.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Lets people and programs in. Whether a token was revoked is looked up each time; what else is on record of it never
/// changes and is kept.
#[derive(Debug, Default)]
pub struct Access {
    known: RwLock<HashMap<u64, Arc<Principal>>>,
}

/// The most tokens that are kept in memory; beyond that, all are read again.
const MOST_KEPT: usize = 10_000;

impl Access {
    /// Who has this token.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn admit(&self, ledger: &Ledger, token: &str, now: Timestamp) -> Result<Arc<Principal>, Refused> {
        self.admit_again(ledger, &token_digest(token).ok_or(Refused::Unknown)?, now)
    }

    /// Who has the token of this digest: for whoever showed it before.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn admit_again(&self, ledger: &Ledger, digest: &Digest, now: Timestamp) -> Result<Arc<Principal>, Refused> {
        let number = ledger.token_number(digest)?.ok_or(Refused::Unknown)?;
        let principal = self.principal(ledger, number)?;
        match principal.expires_at {
            Some(at) if at <= now => Err(Refused::Expired(at)),
            _ => Ok(principal),
        }
    }

    fn principal(&self, ledger: &Ledger, number: u64) -> Result<Arc<Principal>, Refused> {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&number) {
            return Ok(Arc::clone(known));
        }
        let principal = Arc::new(Principal::of(ledger.token(number)?).ok_or(Refused::Unknown)?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KEPT {
            known.clear();
        }
        known.insert(number, Arc::clone(&principal));
        Ok(principal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{NewToken, TokenError, create_token, revoke_token};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn new<'t>(name: &'t str, role: Role, only: &'t [Permission]) -> NewToken<'t> {
        NewToken { name, role, only, expires_at: Some(at("2026-12-01T00:00:00Z")) }
    }

    #[test]
    fn a_token_lets_in_until_it_expires_or_is_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
        let (now, late) = (at("2026-11-20T09:00:00Z"), at("2026-12-01T00:00:00Z"));
        let (number, secret) = create_token(&mut ledger, &new("crm", Role::Assistant, &[]), now, "cli").unwrap();
        let (other, second) =
            create_token(&mut ledger, &new("crm", Role::Assistant, &[Permission::Check]), now, "cli").unwrap();
        let access = Access::default();
        let came = access.admit(&ledger, secret.text(), now).unwrap();
        assert_eq!((&*came.name, came.role, came.token), ("crm", Role::Assistant, Some(number)));
        assert!(came.may(Permission::Suggest) && !came.may(Permission::ManageTokens));
        let narrow = access.admit(&ledger, second.text(), now).unwrap();
        assert_eq!((narrow.token, narrow.permissions()), (Some(other), &[Permission::Check][..]));
        assert!(matches!(access.admit(&ledger, secret.text(), late), Err(Refused::Expired(over)) if over == late));
        let forged = format!("{}A", &secret.text()[..secret.text().len() - 1]);
        for wrong in ["", "cs_", &forged, &secret.text()[1..]] {
            // The forged one may be the right one by chance.
            if wrong != secret.text() {
                assert!(matches!(access.admit(&ledger, wrong, now), Err(Refused::Unknown)), "{wrong}");
            }
        }
        revoke_token(&mut ledger, number, "lost", now, "cli").unwrap();
        assert!(matches!(access.admit(&ledger, secret.text(), now), Err(Refused::Unknown)));
        assert!(access.admit(&ledger, second.text(), now).is_ok(), "another one of the same name");
        assert!(matches!(revoke_token(&mut ledger, number, "lost", now, "cli"), Err(TokenError::Unknown(_))));
        // The ledger holds neither text, and all that the tables say follows from it.
        let file = std::fs::read(folder.path().join("ledger.db-wal")).unwrap();
        for text in [secret.text(), second.text()] {
            assert!(!file.windows(text.len()).any(|bytes| bytes == text.as_bytes()));
        }
        assert_eq!(ledger.verify(&mut |_, _| {}).unwrap().events, 3);
        ledger.rebuild(&mut |_, _| {}).unwrap();
        assert_eq!(ledger.tokens().unwrap().iter().map(|token| token.seq).collect::<Vec<_>>(), [other]);
    }

    #[test]
    fn a_person_may_do_what_their_role_may() {
        let until = at("2026-11-20T17:00:00Z");
        let person = Principal::person("person-1f", Role::Auditor, until);
        assert_eq!((&*person.name, person.token, person.expires_at()), ("person-1f", None, Some(until)));
        for permission in Permission::ALL {
            assert_eq!(person.may(*permission), Role::Auditor.may(*permission), "{permission}");
        }
    }

    #[test]
    fn tokens_that_cannot_be_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
        let now = at("2026-11-20T09:00:00Z");
        let long = "x".repeat(65);
        for name in ["", "cli", "countersign", "person-1", "Ada", "a b", "-a", "a\nb", &long] {
            let refused = create_token(&mut ledger, &new(name, Role::Admin, &[]), now, "cli");
            assert!(matches!(refused, Err(TokenError::Name(_))), "{name:?}");
        }
        let wider = create_token(&mut ledger, &new("a", Role::Auditor, &[Permission::ManageTokens]), now, "cli");
        assert!(matches!(wider, Err(TokenError::Wider { .. })));
        let over = create_token(&mut ledger, &new("a", Role::Auditor, &[]), at("2027-01-01T00:00:00Z"), "cli");
        assert!(matches!(over, Err(TokenError::Over(_))));
        assert_eq!(ledger.count().unwrap(), 0);
    }
}
