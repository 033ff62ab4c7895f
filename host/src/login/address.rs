//! Where the issuer and this service are.

use openidconnect::IssuerUrl;
use serde::Deserialize;

use crate::outbound::Address;

/// Who says who somebody is, to the letter: ID tokens must say the same.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Issuer(IssuerUrl);

/// What is below every issuer, and is no part of its name.
const WELL_KNOWN: &str = "/.well-known/";

impl Issuer {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) const fn url(&self) -> &IssuerUrl {
        &self.0
    }
}

impl TryFrom<String> for Issuer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.contains(WELL_KNOWN) {
            return Err(format!("write the issuer alone, without `{WELL_KNOWN}` and what follows"));
        }
        plain(&text)?;
        IssuerUrl::new(text).map(Self).map_err(|error| error.to_string())
    }
}

/// Where people reach this service. It is never taken from a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct OwnAddress(String);

impl OwnAddress {
    /// The address of something below it; `path` begins with a slash.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether people come over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl TryFrom<String> for OwnAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let address = plain(&text)?;
        Ok(Self(address.uri().to_string().trim_end_matches('/').to_owned()))
    }
}

/// An address that others can be appended to.
fn plain(text: &str) -> Result<Address, String> {
    let address = Address::try_from(text.to_owned()).map_err(|error| error.to_string())?;
    if text.contains(['?', '#']) { Err(format!("`{text}` must have neither `?` nor `#`")) } else { Ok(address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_kept_to_the_letter() {
        for text in ["https://id.example.com", "https://id.example.com/", "http://127.0.0.1:9/a"] {
            assert_eq!(Issuer::try_from(text.to_owned()).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_is_below_this_service_is_told_by_its_own_address() {
        let read = |text: &str| OwnAddress::try_from(text.to_owned()).unwrap();
        for (text, at) in [
            ("https://c.example.com", "https://c.example.com/x"),
            ("https://c.example.com/", "https://c.example.com/x"),
            ("https://c.example.com:8443/a/", "https://c.example.com:8443/a/x"),
        ] {
            assert_eq!((read(text).at("/x").as_str(), read(text).is_secure()), (at, true));
        }
        assert!(!read("http://127.0.0.1:8738").is_secure());
    }
}
