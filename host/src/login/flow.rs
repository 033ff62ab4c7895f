//! A sign-in, from its beginning to who it was.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreAuthenticationFlow, CoreErrorResponseType};
use openidconnect::{
    AuthorizationCode, ClientSecret, CsrfToken, Nonce, PkceCodeChallenge, RedirectUrl, RequestTokenError, Scope,
    TokenResponse,
};

use super::ask::Asker;
use super::callback::{Callback, Said};
use super::error::chain;
use super::issuer::{Known, unavailable, unverified};
use super::pending::{Pending, Pendings};
use super::person::{name_of, role_of};
use super::places::{Place, Places};
use super::protocol::{Refusal, Tokens};
use super::{Handle, LoginError, Settings, SetupError, secret};
use crate::access::Principal;
use crate::outbound::OutboundError;

/// Where the issuer sends browsers back to, below the service's own address.
pub const CALLBACK: &str = "/login/callback";

/// Signs people in. All of it can be used from many threads at a time.
pub struct Login {
    settings: Settings,
    secret: Option<ClientSecret>,
    back: RedirectUrl,
    asker: Asker,
    known: Mutex<Option<Arc<Known>>>,
    pendings: Pendings,
    places: Places,
}

/// A sign-in that was begun.
#[derive(Debug)]
pub struct Begun {
    /// Where to send the browser, at the issuer.
    pub address: String,
    /// What the browser keeps meanwhile.
    pub handle: Handle,
}

impl Login {
    /// Reads what a deployment in this folder needs to sign people in. The issuer is not asked yet.
    ///
    /// # Errors
    /// See [`SetupError`].
    pub fn new(settings: Settings, folder: &Path) -> Result<Self, SetupError> {
        let secret = settings.client_secret_file.as_ref().map(|file| secret::read(&folder.join(file))).transpose()?;
        let asker = Asker::new(&settings, folder)?;
        let back = settings.address.at(CALLBACK);
        let back = RedirectUrl::new(back.clone()).map_err(|_| OutboundError::Address(back))?;
        let (pendings, places) = (Pendings::default(), Places::default());
        Ok(Self { settings, secret, back, asker, known: Mutex::new(None), pendings, places })
    }

    /// What all of it goes by.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Begins to sign somebody in. It may wait for the issuer: for two answers at most.
    ///
    /// # Errors
    /// [`LoginError::Unavailable`] and [`LoginError::Busy`].
    pub fn begin(&self) -> Result<Begun, LoginError> {
        let known = match self.kept() {
            Some(known) => known,
            None => self.discover(&self.places.take()?)?,
        };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = known
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(self.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        let handle = self.pendings.keep(Pending { state, nonce, verifier }, Instant::now());
        Ok(Begun { address: address.into(), handle })
    }

    /// Finishes what was begun with a handle, by the query of the address at which the browser came back. A handle is worthless
    /// after this, whatever comes of it. It may wait for the issuer: for four answers at most.
    ///
    /// # Errors
    /// See [`LoginError`].
    pub fn finish(&self, handle: &str, query: &str) -> Result<Principal, LoginError> {
        let place = self.places.take()?;
        let pending = self.pendings.take(handle, Instant::now()).ok_or(LoginError::Over)?;
        let callback = Callback::read(query)?;
        if !pending.is_of(&callback.state) {
            return Err(refused("its state is that of no sign-in of this browser"));
        }
        let known = self.kept().map_or_else(|| self.discover(&place), Ok)?;
        match callback.issuer {
            Some(issuer) if issuer != self.settings.issuer.as_str() => {
                return Err(refused("another issuer sent it"));
            }
            None if known.names_itself => return Err(refused("it does not say which issuer sent it")),
            _ => {}
        }
        match callback.said {
            Said::Code(code) => self.person(&known, code, pending),
            Said::No(reason) => {
                tracing::warn!(reason, "the issuer signed somebody not in");
                Err(LoginError::Denied)
            }
        }
    }

    /// Who a code is of.
    fn person(&self, known: &Known, code: AuthorizationCode, pending: Pending) -> Result<Principal, LoginError> {
        let Pending { nonce, verifier, .. } = pending;
        let tokens: Tokens = known
            .client
            .exchange_code(code)
            .map_err(|error| unavailable(&chain(&error)))?
            .set_pkce_verifier(verifier)
            .request(&self.asker)
            .map_err(|error| no_tokens(&error))?;
        let token = tokens.id_token().ok_or_else(|| unverified("there is none"))?;
        let claims = known.verified(&self.settings, token, &nonce, &self.asker)?;
        let name = name_of(self.settings.issuer.as_str(), claims.subject())
            .ok_or_else(|| unverified("its subject is empty or too long"))?;
        let Some(role) = role_of(&self.settings, claims.additional_claims()) else {
            tracing::warn!(who = name, "somebody without a role was not signed in");
            return Err(LoginError::NoRole);
        };
        tracing::info!(who = name, %role, "signed in");
        let until = Timestamp::now().saturating_add(SignedDuration::from_hours(self.settings.hours.get().into()));
        Ok(Principal::person(name, role, until.unwrap_or(Timestamp::MIN)))
    }

    fn known(&self) -> MutexGuard<'_, Option<Arc<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The issuer, if it described itself not too long ago.
    fn kept(&self) -> Option<Arc<Known>> {
        self.known().clone().filter(|known| known.holds())
    }

    /// Has the issuer describe itself. Nobody waits for that but who asks.
    fn discover(&self, _: &Place<'_>) -> Result<Arc<Known>, LoginError> {
        let known = Known::discover(&self.settings, self.secret.clone(), self.back.clone(), &self.asker)?;
        let known = Arc::new(known);
        *self.known() = Some(Arc::clone(&known));
        Ok(known)
    }
}

/// Says in the log why a callback was refused.
fn refused(why: &str) -> LoginError {
    tracing::warn!(why, "a callback was refused");
    LoginError::Over
}

/// Why there is nothing for a code. What the issuer says in its own words is not repeated: it may quote what it was asked.
fn no_tokens(error: &RequestTokenError<OutboundError, Refusal>) -> LoginError {
    match error {
        RequestTokenError::ServerResponse(refusal) => match refusal.error() {
            CoreErrorResponseType::InvalidGrant => refused("the issuer does not know its code, or not any more"),
            CoreErrorResponseType::Extension(_) => {
                unavailable("it gives no tokens, for a reason that is not known here")
            }
            known => unavailable(&format!("it gives no tokens: {known}")),
        },
        RequestTokenError::Request(error) => unavailable(&chain(error)),
        RequestTokenError::Parse(error, _) => {
            unavailable(&format!("what it gives for a code cannot be read ({:?})", error.inner().classify()))
        }
        RequestTokenError::Other(_) => unavailable("what it gives for a code is no JSON"),
    }
}
