//! How this program asks others: webhooks, the issuer that people sign in at, a collector of traces, a registry of modules, a
//! service of its own kind.
//!
//! Others are hostile: how long they take and how much they answer is bounded, and nobody is followed to where an answer
//! points.

use std::fs;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{Request, Response, Uri};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, BodyReader};

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

/// How somebody could not be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Nobody takes connections there.
    Absent,
    /// The connection was there, and broke off.
    Broken,
    /// It took too long.
    Late,
    /// Another way, which would not be better the next time.
    Other,
}

impl OutboundError {
    /// What kept an answer from coming, in fixed words: for logs, in which nothing stands that was sent or came.
    #[must_use]
    pub fn cause(&self) -> &'static str {
        let Self::NoAnswer(error) = self else { return "the configuration is wrong" };
        match **error {
            ureq::Error::Timeout(_) => "none came in time",
            ureq::Error::HostNotFound => "the host is not known",
            ureq::Error::Io(_) | ureq::Error::ConnectionFailed => "the connection failed",
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => "TLS failed",
            ureq::Error::BodyExceedsLimit(_) => "it is too long",
            _ => "it is not HTTP",
        }
    }

    /// How nobody was asked: whoever may ask again tells by it whether that could help.
    #[must_use]
    pub fn lost(&self) -> Lost {
        let Self::NoAnswer(error) = self else { return Lost::Other };
        match &**error {
            ureq::Error::Timeout(_) => Lost::Late,
            ureq::Error::Io(error) => match error.kind() {
                io::ErrorKind::ConnectionRefused => Lost::Absent,
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe => Lost::Broken,
                io::ErrorKind::TimedOut => Lost::Late,
                _ => Lost::Other,
            },
            _ => Lost::Other,
        }
    }
}

impl From<io::Error> for OutboundError {
    /// What ended the reading of an answer.
    fn from(error: io::Error) -> Self {
        Self::NoAnswer(Box::new(error.into()))
    }
}

/// The body of an answer, as it comes. Whoever reads it bounds how much.
pub struct Incoming(BodyReader<'static>);

impl Read for Incoming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
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

    /// Sends a request and comes back when the head of the answer is there, whatever its status. What the other side answers
    /// while it is still being sent to waits in between: a request of more than some ten kilobytes must not be answered before
    /// it was read whole.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn stream(&self, request: Request<Vec<u8>>) -> Result<Response<Incoming>, OutboundError> {
        let answer = self.0.run(request).map_err(|error| OutboundError::NoAnswer(Box::new(error)))?;
        Ok(answer.map(|body| Incoming(body.into_reader())))
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
    fn how_nobody_was_asked_is_told_apart() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let ask = |patience| {
            let client = Client::new(Duration::from_millis(patience), None).unwrap();
            client.stream(Request::get(&address).body(Vec::new()).unwrap()).err().unwrap().lost()
        };
        // Taken by the system, and never answered.
        assert_eq!(ask(50), Lost::Late);
        let closing = std::thread::spawn(move || {
            let taken = [listener.accept().unwrap(), listener.accept().unwrap()];
            drop((taken, listener));
        });
        assert_eq!(ask(60_000), Lost::Broken);
        closing.join().unwrap();
        assert_eq!(ask(60_000), Lost::Absent);
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
