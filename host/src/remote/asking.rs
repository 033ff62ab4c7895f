//! One question to a service, and its answer.

use std::fmt::Write as _;
use std::io::Read;
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use ureq::http::{HeaderMap, Request, Response, StatusCode};

use super::again::Tries;
use super::incoming::{Unread, whole};
use super::{RemoteError, Said, Secret};
use crate::outbound::{Address, Client, Incoming, OutboundError};
use crate::web::{Code, WrittenProblem};

/// How much of an answer that is no success is read, in bytes.
const LONGEST_PROBLEM: u64 = 64 << 10;

/// A service.
pub(crate) struct Service {
    client: Client,
    address: String,
    pub(super) secret: Secret,
}

/// What is asked.
pub(super) struct Question<'a> {
    pub method: &'static str,
    pub path: &'a str,
    /// The kind of the body, and the body.
    pub body: Option<(&'static str, Vec<u8>)>,
}

impl<'a> Question<'a> {
    pub(super) fn get(path: &'a str) -> Self {
        Self { method: "GET", path, body: None }
    }

    pub(super) fn post(path: &'a str, body: &impl Serialize) -> Self {
        Self { method: "POST", path, body: Some(json_body(body)) }
    }

    pub(super) fn delete(path: &'a str) -> Self {
        Self { method: "DELETE", path, body: None }
    }
}

impl Service {
    /// The service at an address. It is given so long to answer, and trusted by the authorities in a PEM file instead of the
    /// usual ones if one is named.
    ///
    /// # Errors
    /// If the address has a query, or the file holds no authority.
    pub(crate) fn at(
        address: &Address,
        secret: Secret,
        authorities: Option<&Path>,
        patience: Duration,
    ) -> Result<Self, RemoteError> {
        let text = address.uri().to_string();
        if address.uri().query().is_some() {
            return Err(RemoteError::Address(text));
        }
        let client = Client::new(patience, authorities).map_err(RemoteError::Client)?;
        Ok(Self { client, address: text.trim_end_matches('/').to_owned(), secret })
    }

    /// Its address.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Asks for something that is there to be read; again, if the service says that it cannot answer now, and when it can.
    pub(super) fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, RemoteError> {
        self.json(&self.text(path)?)
    }

    /// Asks for a text.
    pub(super) fn text(&self, path: &str) -> Result<String, RemoteError> {
        let question = Question::get(path);
        let mut tries = Tries::default();
        loop {
            match self.ask(&question).and_then(|answer| self.whole(answer)) {
                Err(error) if error.said().is_some_and(|said| said.may_pass() && said.retry_after.is_some()) => {
                    self.wait(&mut tries, error)?;
                }
                answer => return answer,
            }
        }
    }

    /// Has something done that must not be done twice: it is asked again only where the service was too busy to listen.
    pub(super) fn act<T: DeserializeOwned>(&self, question: &Question<'_>) -> Result<T, RemoteError> {
        let mut tries = Tries::default();
        loop {
            match self.ask(question).and_then(|answer| self.whole(answer)) {
                Err(error) if error.said().is_some_and(|said| said.is(Code::Busy)) => self.wait(&mut tries, error)?,
                answer => return self.json(&answer?),
            }
        }
    }

    /// Waits before the service is asked again; if that is enough, the error stands.
    pub(super) fn wait(&self, tries: &mut Tries, error: RemoteError) -> Result<(), RemoteError> {
        match tries.pause(error.retry_after()) {
            Some(pause) => thread::sleep(pause),
            None => return Err(error),
        }
        tracing::info!(service = self.address, "asked again");
        Ok(())
    }

    /// Asks once. What is no success is an error.
    pub(super) fn ask(&self, question: &Question<'_>) -> Result<Response<Incoming>, RemoteError> {
        let answer = self.send(question)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if status.is_redirection() {
            return Err(RemoteError::Elsewhere { service: self.address.clone() });
        }
        let (parts, body) = answer.into_parts();
        let text = self.reading(whole(body.take(LONGEST_PROBLEM)), status)?;
        match serde_json::from_str::<WrittenProblem>(&text) {
            Ok(problem) => Err(self.problem(&problem, retry_after(&parts.headers))),
            Err(_) => Err(self.strange("it does not say what is wrong", status)),
        }
    }

    /// Asks once, whatever comes.
    pub(super) fn send(
        &self,
        Question { method, path, body }: &Question<'_>,
    ) -> Result<Response<Incoming>, RemoteError> {
        let mut request = Request::builder().method(*method).uri(format!("{}{path}", self.address));
        if let Ok(token) = self.secret.header() {
            request = request.header(AUTHORIZATION, token);
        }
        if let Some((kind, _)) = body {
            request = request.header(CONTENT_TYPE, *kind);
        }
        let bytes = body.as_ref().map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        let request = request.header(ACCEPT, "*/*").body(bytes).map_err(RemoteError::Request)?;
        self.client.stream(request).map_err(|error| self.lost(error))
    }

    /// A problem that the service names.
    pub(super) fn problem(&self, problem: &WrittenProblem, retry_after: Option<Duration>) -> RemoteError {
        RemoteError::Said { service: self.address.clone(), said: Said::of(problem, retry_after, &self.secret) }
    }

    pub(super) fn lost(&self, error: OutboundError) -> RemoteError {
        RemoteError::NoAnswer { service: self.address.clone(), error }
    }

    /// An answer that is not that of a service.
    pub(super) fn strange(&self, what: &str, status: StatusCode) -> RemoteError {
        let (service, status) = (self.address.clone(), status.as_u16());
        let what = if status < 300 { what.to_owned() } else { format!("{what} (status {status})") };
        RemoteError::Strange { service, what, status }
    }

    /// What came of reading an answer.
    pub(super) fn reading<T>(&self, read: Result<T, Unread>, status: StatusCode) -> Result<T, RemoteError> {
        read.map_err(|unread| match unread {
            Unread::Lost(error) => self.lost(error),
            Unread::TooMuch => self.strange("it says more than is read", status),
            Unread::NoText => self.strange("what it says is no text", status),
            Unread::HalfALine => self.strange("its last line has no end", status),
        })
    }

    pub(super) fn whole(&self, answer: Response<Incoming>) -> Result<String, RemoteError> {
        let status = answer.status();
        self.reading(whole(answer.into_body()), status)
    }

    /// What an answer says.
    pub(super) fn json<T: DeserializeOwned>(&self, text: &str) -> Result<T, RemoteError> {
        // What exactly does not fit may quote what was said, and that is not for a terminal.
        serde_json::from_str(text).map_err(|error| {
            let place = format!(
                "line {}, column {} of what it says is not what is expected there",
                error.line(),
                error.column()
            );
            self.strange(&place, StatusCode::OK)
        })
    }
}

/// How long the service wants to be left alone. Only seconds are read: a date would need clocks that agree.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// A part of a path, so that none of its characters means anything there.
pub(super) fn part(text: &str) -> String {
    let mut part = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            let _ = write!(part, "%{byte:02X}");
        }
    }
    part
}

/// A body in JSON.
fn json_body(of: &impl Serialize) -> (&'static str, Vec<u8>) {
    // All that is sent has a JSON form.
    ("application/json", serde_json::to_vec(of).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_part_of_a_path_whatever_stands_in_it() {
        assert_eq!(part("s-1_~A"), "s-1_~A");
        assert_eq!(part("../a b?c#d%é"), "%2E%2E%2Fa%20b%3Fc%23d%25%C3%A9");
    }

    #[test]
    fn an_address_may_have_a_path_and_nothing_behind_it() {
        let at = |text: &str| {
            let address = Address::try_from(text.to_owned()).unwrap();
            Service::at(&address, Secret::read("cs_x").unwrap(), None, Duration::from_secs(1))
        };
        for (text, address) in [
            ("https://example.com", "https://example.com"),
            ("http://127.0.0.1:8738/", "http://127.0.0.1:8738"),
            ("https://example.com/crm/", "https://example.com/crm"),
        ] {
            assert_eq!(at(text).unwrap().address(), address);
        }
        assert!(matches!(at("https://example.com/?a=1"), Err(RemoteError::Address(_))));
    }
}
