//! How this program asks others: webhooks, the issuer that people sign in at, a collector of traces.
//!
//! Others are hostile: how long they take and how much they answer is bounded, and nobody is followed to where an answer
//! points.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use ureq::Agent;
use ureq::http::{Request, Response, Uri};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// Where somebody is asked: `https`, or `http` on this machine, so that nothing is ever sent for others to read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(Uri);

impl Address {
    /// The address.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.0
    }
}

impl TryFrom<String> for Address {
    type Error = OutboundError;

    fn try_from(text: String) -> Result<Self, OutboundError> {
        let wrong = || OutboundError::Address(text.clone());
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let host = uri.host().ok_or_else(wrong)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let here = host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let named = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        match uri.scheme_str() {
            Some("https") if !named => Ok(Self(uri)),
            Some("http") if here && !named => Ok(Self(uri)),
            _ => Err(wrong()),
        }
    }
}

/// Why somebody could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// An address that is not used.
    #[error(
        "`{0}` is not used: write https://…, or http:// and an address of this machine, without a name and a password"
    )]
    Address(String),
    /// A file of authorities.
    #[error("cannot read the authorities in {}: {why}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// No whole answer came.
    #[error("no answer: {0}")]
    NoAnswer(Box<ureq::Error>),
}

/// Asks others.
#[derive(Clone, Debug)]
pub struct Client(Agent);

impl Client {
    /// One that waits at most so long for a whole answer, and trusts the authorities in a PEM file instead of the usual ones
    /// if one is named.
    ///
    /// # Errors
    /// If the file holds no authority.
    pub fn new(patience: Duration, authorities: Option<&Path>) -> Result<Self, OutboundError> {
        let roots = authorities.map(read).transpose()?.unwrap_or(RootCerts::WebPki);
        let agent = Agent::config_builder()
            .timeout_global(Some(patience))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self(agent.into()))
    }

    /// Sends a request and waits for the whole answer, whatever its status.
    ///
    /// # Errors
    /// If there is none, or a longer one than is read.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, OutboundError> {
        let lost = |error| OutboundError::NoAnswer(Box::new(error));
        let (parts, mut body) = self.0.run(request).map_err(lost)?.into_parts();
        let bytes = body.with_config().limit(LONGEST).read_to_vec().map_err(lost)?;
        Ok(Response::from_parts(parts, bytes))
    }
}

fn read(path: &Path) -> Result<RootCerts, OutboundError> {
    let wrong = |why: String| OutboundError::Authorities { path: path.to_owned(), why };
    let pem = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let items: Result<Vec<_>, _> = parse_pem(&pem).collect();
    let certificates: Vec<Certificate<'static>> = items
        .map_err(|error| wrong(error.to_string()))?
        .into_iter()
        .filter_map(|item| if let PemItem::Certificate(certificate) = item { Some(certificate) } else { None })
        .collect();
    if certificates.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(RootCerts::Specific(Arc::new(certificates)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_for_others_to_read() {
        let read = |text: &str| Address::try_from(text.to_owned());
        for good in ["https://example.com/hook?a=1", "http://127.0.0.1:9/x", "http://localhost/", "http://[::1]:80/"] {
            assert!(read(good).is_ok(), "{good}");
        }
        for wrong in [
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "https://user:word@example.com/",
            "ftp://localhost/",
            "/hook",
            "localhost",
            "",
        ] {
            assert!(matches!(read(wrong), Err(OutboundError::Address(text)) if text == wrong), "{wrong}");
        }
    }

    #[test]
    fn a_file_without_authorities_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("authorities.pem");
        let open = || Client::new(Duration::from_secs(1), Some(&path));
        assert!(matches!(open(), Err(OutboundError::Authorities { .. })));
        fs::write(&path, "nothing").unwrap();
        assert!(matches!(open(), Err(OutboundError::Authorities { .. })));
    }
}
