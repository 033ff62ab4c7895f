//! The issuer as it describes itself, and its keys.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use openidconnect::core::{CoreClientAuthMethod, CoreJsonWebKeySet};
use openidconnect::{
    AuthType, ClaimsVerificationError, ClientId, ClientSecret, IdTokenVerifier, JsonWebKeySetUrl, Nonce, RedirectUrl,
    SignatureVerificationError,
};

use super::ask::Asker;
use super::error::chain;
use super::protocol::{ALGORITHMS, Client, IdToken, IdTokenClaims, Metadata};
use super::{LoginError, Settings};

/// How long a description holds: an issuer that takes a key back is believed after that.
const HOLDS: Duration = Duration::from_hours(1);

/// How often keys are fetched because of a token that none of them signed. Anybody can make such a token.
const PAUSE: Duration = Duration::from_mins(1);

/// An issuer that described itself.
pub(super) struct Known {
    /// How it is spoken to.
    pub client: Client,
    /// Whether its callbacks say who it is.
    pub names_itself: bool,
    keys_at: JsonWebKeySetUrl,
    keys: Mutex<Keys>,
    since: Instant,
}

struct Keys {
    set: Arc<CoreJsonWebKeySet>,
    /// When they were last fetched because none of them fitted.
    fetched: Option<Instant>,
}

impl Known {
    /// Has the issuer describe itself.
    pub fn discover(
        settings: &Settings,
        secret: Option<ClientSecret>,
        back: RedirectUrl,
        asker: &Asker,
    ) -> Result<Self, LoginError> {
        let metadata = Metadata::discover(settings.issuer.url(), asker).map_err(|error| unavailable(&chain(&error)))?;
        asker.check(metadata.authorization_endpoint()).map_err(|error| unavailable(&chain(&error)))?;
        let announced = metadata.additional_metadata();
        let names_itself = announced.authorization_response_iss_parameter_supported;
        if announced
            .code_challenge_methods_supported
            .as_ref()
            .is_some_and(|known| !known.iter().any(|one| one == "S256"))
        {
            return Err(unavailable("it does not know PKCE with S256"));
        }
        let keys = Keys { set: Arc::new(metadata.jwks().clone()), fetched: None };
        let (keys_at, auth_type) = (metadata.jwks_uri().clone(), auth_type(&metadata));
        let client = Client::from_provider_metadata(metadata, ClientId::new(settings.client_id.clone()), secret)
            .set_redirect_uri(back)
            .set_auth_type(auth_type);
        Ok(Self { client, names_itself, keys_at, keys: Mutex::new(keys), since: Instant::now() })
    }

    /// Whether the description still holds.
    pub fn holds(&self) -> bool {
        self.since.elapsed() < HOLDS
    }

    /// What an ID token says, if it is the issuer's, for this service, for this sign-in, and not over.
    pub fn verified<'t>(
        &self,
        settings: &Settings,
        token: &'t IdToken,
        nonce: &Nonce,
        asker: &Asker,
    ) -> Result<&'t IdTokenClaims, LoginError> {
        let verify = |keys: &CoreJsonWebKeySet| token.claims(&verifier(settings, keys), nonce);
        let keys = Arc::clone(&self.keys().set);
        let claims = match verify(&keys) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_),
            )) => verify(&self.newer(&keys, asker)),
            verified => verified,
        };
        let claims = claims.map_err(|error| unverified(words(&error)))?;
        if claims.authorized_party().is_some_and(|party| **party != settings.client_id) {
            return Err(unverified("it was made for another client"));
        }
        Ok(claims)
    }

    /// The issuer's keys, fetched again if they have not been for a while; the same ones otherwise.
    fn newer(&self, used: &Arc<CoreJsonWebKeySet>, asker: &Asker) -> Arc<CoreJsonWebKeySet> {
        // Whoever comes meanwhile waits, and finds what was fetched.
        let mut keys = self.keys();
        let may = keys.fetched.is_none_or(|at| at.elapsed() >= PAUSE);
        if may && Arc::ptr_eq(&keys.set, used) {
            keys.fetched = Some(Instant::now());
            match CoreJsonWebKeySet::fetch(&self.keys_at, asker) {
                Ok(set) => keys.set = Arc::new(set),
                Err(error) => tracing::warn!(why = chain(&error), "the issuer's keys cannot be fetched"),
            }
        }
        Arc::clone(&keys.set)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that knows no secret, so that none can stand in for a key.
fn verifier<'v>(
    settings: &Settings,
    keys: &CoreJsonWebKeySet,
) -> IdTokenVerifier<'v, openidconnect::core::CoreJsonWebKey> {
    let id = ClientId::new(settings.client_id.clone());
    IdTokenVerifier::new_public_client(id, settings.issuer.url().clone(), keys.clone()).set_allowed_algs(ALGORITHMS)
}

/// How the secret is shown: in a header, if the issuer does not say that it wants it elsewhere.
fn auth_type(metadata: &Metadata) -> AuthType {
    let known = |method| {
        metadata.token_endpoint_auth_methods_supported().is_none_or(|methods: &Vec<_>| methods.contains(&method))
    };
    if !known(CoreClientAuthMethod::ClientSecretBasic) && known(CoreClientAuthMethod::ClientSecretPost) {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}

/// Says in the log why the issuer is of no use.
pub(super) fn unavailable(why: &str) -> LoginError {
    tracing::error!(why, "nobody can be signed in: the issuer does not answer as it should");
    LoginError::Unavailable
}

/// Says in the log why an ID token is of no use.
pub(super) fn unverified(why: &str) -> LoginError {
    tracing::warn!(why, "an ID token was refused");
    LoginError::Unverified
}

/// What is wrong with an ID token, without what it says.
const fn words(error: &ClaimsVerificationError) -> &'static str {
    use SignatureVerificationError as Signature;
    match error {
        ClaimsVerificationError::Expired(_) => "it is over",
        ClaimsVerificationError::InvalidAudience(_) => "it is for others, or for others too",
        ClaimsVerificationError::InvalidIssuer(_) => "it is of another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "it is of another sign-in",
        ClaimsVerificationError::SignatureVerification(error) => match error {
            Signature::AmbiguousKeyId(_) => "it does not say which of several keys signed it",
            Signature::CryptoError(_) => "its signature is wrong",
            Signature::DisallowedAlg(_) | Signature::UnsupportedAlg(_) => "its algorithm is not allowed",
            Signature::NoMatchingKey => "none of the issuer's keys signed it",
            Signature::NoSignature => "it is not signed",
            _ => "its signature cannot be verified",
        },
        _ => "it is of a kind that is not known here",
    }
}
