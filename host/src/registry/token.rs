//! Tokens: what a registry wants to be asked with, and others give out for it.

use std::fmt::Write as _;

use serde::Deserialize;
use ureq::http::header::AUTHORIZATION;
use ureq::http::{HeaderValue, Request, Uri};

use super::credentials::secret;
use super::{Credentials, RegistryError};
use crate::outbound::{Address, Client};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

/// What a token is asked for.
pub(super) struct Wanted<'a> {
    /// The registry.
    pub registry: &'a Uri,
    /// Who gives out tokens, as the registry says.
    pub realm: &'a str,
    /// What the registry is called there.
    pub service: Option<&'a str>,
    /// The repository.
    pub repository: &'a str,
    /// Whether something is to be written.
    pub writes: bool,
}

impl Wanted<'_> {
    /// Asks for a token. Credentials are sent to the registry's own host and to hosts of the same domain alone.
    pub(super) fn fetch(
        &self,
        client: &Client,
        credentials: Option<&Credentials>,
    ) -> Result<HeaderValue, RegistryError> {
        let Self { registry, realm, service, repository, writes } = self;
        let host = registry.host().unwrap_or_default();
        let elsewhere = |why: &'static str| RegistryError::Elsewhere {
            host: host.to_owned(),
            to: (*realm).to_owned(),
            what: "a token".to_owned(),
            why,
        };
        let realm_at = Address::try_from((*realm).to_owned());
        let realm_at = realm_at.map_err(|_| elsewhere("that is no address that is asked"))?;
        let giver = realm_at.uri().host().unwrap_or_default();
        let plain = realm_at.uri().scheme_str() == Some("http");
        if plain && registry.scheme_str() != Some("http") {
            return Err(elsewhere("only a registry of this machine may point to this machine"));
        }
        if credentials.is_some() && !is_related(host, giver) {
            return Err(elsewhere("credentials are sent to the registry's own host or domain alone"));
        }
        let actions = if *writes { "pull,push" } else { "pull" };
        let mut address = (*realm).to_owned();
        address.push(if realm.contains('?') { '&' } else { '?' });
        let _ = write!(address, "scope={}", encoded(&format!("repository:{repository}:{actions}")));
        if let Some(service) = service {
            let _ = write!(address, "&service={}", encoded(service));
        }
        let mut request = Request::get(address);
        if let Some(header) = credentials.and_then(Credentials::header) {
            request = request.header(AUTHORIZATION, header);
        }
        let malformed = |why: String| RegistryError::Malformed { what: format!("the answer of {giver}"), why };
        let request = request.body(Vec::new()).map_err(|error| malformed(error.to_string()))?;
        let answer =
            client.send(request).map_err(|error| RegistryError::Unanswered { host: giver.to_owned(), error })?;
        if !answer.status().is_success() {
            return Err(RegistryError::Denied {
                host: giver.to_owned(),
                what: format!("a token for {repository}"),
                said: format!(", with status {}", answer.status().as_u16()),
                advice: "look at the credentials in the docker config",
            });
        }
        // A message of the parser could repeat a secret.
        let Ok(Answer { token, access_token }) = serde_json::from_slice(answer.body()) else {
            return Err(malformed("there is no token in it".to_owned()));
        };
        let token = if token.is_empty() { access_token } else { token };
        let header = if token.is_empty() { None } else { secret(&format!("Bearer {token}")) };
        header.ok_or_else(|| malformed("there is no token in it".to_owned()))
    }
}

/// Whether two hosts are the same, or stand below the same name of two parts at least.
fn is_related(registry: &str, giver: &str) -> bool {
    let (registry, giver) = (registry.to_ascii_lowercase(), giver.to_ascii_lowercase());
    if registry == giver {
        return true;
    }
    let is_address =
        |host: &str| host.starts_with('[') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_address(&registry) || is_address(&giver) {
        return false;
    }
    let above = |host: &str| host.split_once('.').map(|(_, above)| above.to_owned());
    let below = |host: &str, name: &str| host == name || host.ends_with(&format!(".{name}"));
    above(&registry).is_some_and(|domain| domain.contains('.') && below(&giver, &domain))
}

/// A text as a part of a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/,".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stay_in_the_family() {
        for (registry, giver, related) in [
            ("registry.example.com", "registry.example.com", true),
            ("registry.example.com", "Auth.example.com", true),
            ("registry.example.com", "example.com", true),
            ("registry.example.com", "example.org", false),
            ("registry.example.com", "example.com.evil.example", false),
            ("registry.example.com", "notexample.com", false),
            ("example.com", "evil.com", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("1.0.0.1", "evil.0.0.1", false),
            ("localhost", "127.0.0.1", false),
        ] {
            assert_eq!(is_related(registry, giver), related, "{registry} {giver}");
        }
    }

    #[test]
    fn a_query_is_one() {
        assert_eq!(encoded("a b&c=é,repository:x/y:pull"), "a%20b%26c%3D%C3%A9,repository:x/y:pull");
    }
}
