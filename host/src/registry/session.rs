//! A repository in a registry: how it is asked, and with what.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use ureq::http::{HeaderValue, Method, Request, Response, StatusCode, Uri};

use super::challenge::Challenge;
use super::problem::problem;
use super::token::Wanted;
use super::{ArtifactReference, Credentials, RegistryError, bounds};
use crate::outbound::{Address, Client, Incoming, OutboundError};

/// A repository in a registry.
pub struct Registry {
    client: Client,
    root: Uri,
    /// The registry's host, for people.
    pub(super) host: String,
    pub(super) repository: String,
    credentials: Option<Credentials>,
    authorization: Option<HeaderValue>,
    writes: bool,
}

/// What is asked.
pub(super) struct Question<'a> {
    pub method: Method,
    pub at: Uri,
    /// The media types that are understood; empty where it does not matter.
    pub accept: &'static str,
    /// The media type of the body, and the body.
    pub body: Option<(&'static str, &'a [u8])>,
}

impl Registry {
    /// The repository that a reference names. Each answer may take so long; the authorities in a PEM file are trusted instead of
    /// the usual ones if one is named.
    ///
    /// # Errors
    /// If the file holds no authority.
    pub fn at(
        reference: &ArtifactReference,
        credentials: Option<Credentials>,
        patience: Duration,
        authorities: Option<&Path>,
    ) -> Result<Self, RegistryError> {
        let host = reference.host.clone();
        let client = Client::new(patience, authorities)
            .map_err(|error| RegistryError::Unanswered { host: host.clone(), error })?;
        let (root, repository) = (reference.address().uri().clone(), reference.repository.clone());
        Ok(Self { client, root, host, repository, credentials, authorization: None, writes: false })
    }

    /// From now on, something is written.
    pub(super) fn begin_to_write(&mut self) {
        self.writes = true;
        self.authorization = None;
    }

    /// The address of something in the repository.
    pub(super) fn address(&self, below: &str) -> Result<Uri, RegistryError> {
        self.absolute(&format!("/v2/{}/{below}", self.repository), &self.root)
    }

    /// Asks; again with credentials if the registry wants to know who asks.
    pub(super) fn ask(&mut self, question: &Question<'_>) -> Result<Response<Incoming>, RegistryError> {
        let answer = self.ask_once(question, self.authorization.as_ref())?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let header = match Challenge::of(answer.headers()) {
            Some(Challenge::Basic) => self.credentials.as_ref().and_then(Credentials::header),
            Some(Challenge::Token { realm, service }) => {
                let (registry, repository) = (&self.root, self.repository.as_str());
                let (realm, service) = (realm.as_str(), service.as_deref());
                let wanted = Wanted { registry, realm, service, repository, writes: self.writes };
                Some(wanted.fetch(&self.client, self.credentials.as_ref())?)
            }
            None => None,
        };
        if header.is_none() {
            return Ok(answer);
        }
        self.authorization = header;
        self.ask_once(question, self.authorization.as_ref())
    }

    /// Asks for something that is there to be read. A registry may say that a blob is elsewhere, and that is asked without any
    /// credentials.
    pub(super) fn get(
        &mut self,
        what: &str,
        at: Uri,
        accept: &'static str,
        may_move: bool,
    ) -> Result<Response<Incoming>, RegistryError> {
        let mut question = Question { method: Method::GET, at, accept, body: None };
        let mut answer = self.ask(&question)?;
        let mut is_here = true;
        for _ in 0..bounds::REDIRECTS {
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            let to = self.location(what, &answer, &question.at)?;
            // Whoever was asked elsewhere does not say what is asked here.
            is_here = is_here && self.is_here(&to);
            if !is_here {
                self.check_elsewhere(what, &to, may_move)?;
            }
            question.at = to;
            answer = if is_here { self.ask(&question)? } else { self.ask_once(&question, None)? };
        }
        if answer.status().is_redirection() {
            let (host, to) = (self.host.clone(), question.at.to_string());
            let why = "it points on and on";
            return Err(RegistryError::Elsewhere { host, to, what: what.to_owned(), why });
        }
        Ok(answer)
    }

    /// Where an answer points to.
    pub(super) fn location(&self, what: &str, answer: &Response<Incoming>, from: &Uri) -> Result<Uri, RegistryError> {
        let location = answer.headers().get(LOCATION).and_then(|header| header.to_str().ok());
        let location = location.ok_or_else(|| self.malformed(what, "it does not say where it is".to_owned()))?;
        self.absolute(location, from)
    }

    /// Whether an address is of this registry: only there are credentials sent to.
    pub(super) fn is_here(&self, at: &Uri) -> bool {
        origin(at) == origin(&self.root)
    }

    /// An error of an answer that is no success.
    pub(super) fn problem(&self, what: &str, answer: Response<Incoming>) -> RegistryError {
        problem(&self.host, what, answer, self.credentials.is_some())
    }

    pub(super) fn malformed(&self, what: &str, why: String) -> RegistryError {
        RegistryError::Malformed { what: format!("what {} says of {what}", self.host), why }
    }

    fn check_elsewhere(&self, what: &str, to: &Uri, may_move: bool) -> Result<(), RegistryError> {
        let elsewhere = |why: &'static str| {
            // What stands behind a question mark may be a secret.
            let to = format!("{}{}", to.host().unwrap_or_default(), to.path());
            Err(RegistryError::Elsewhere { host: self.host.clone(), to, what: what.to_owned(), why })
        };
        if !may_move {
            return elsewhere("only blobs may be elsewhere");
        }
        if Address::try_from(to.to_string()).is_err() {
            return elsewhere("that is no address that is asked");
        }
        if to.scheme_str() == Some("http") && self.root.scheme_str() != Some("http") {
            return elsewhere("only a registry of this machine may point to this machine");
        }
        Ok(())
    }

    fn ask_once(
        &self,
        question: &Question<'_>,
        authorization: Option<&HeaderValue>,
    ) -> Result<Response<Incoming>, RegistryError> {
        let mut request = Request::builder().method(question.method.clone()).uri(question.at.clone());
        if !question.accept.is_empty() {
            request = request.header(ACCEPT, question.accept);
        }
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let mut body = Vec::new();
        if let Some((media_type, bytes)) = question.body {
            request = request.header(CONTENT_TYPE, media_type);
            body.extend_from_slice(bytes);
        }
        let request = request.body(body).map_err(|error| self.malformed("an address", error.to_string()))?;
        let host = question.at.host().unwrap_or(&self.host).to_owned();
        self.client.stream(request).map_err(|error| RegistryError::Unanswered { host, error })
    }

    /// An address that may be said without its beginning.
    pub(super) fn absolute(&self, location: &str, from: &Uri) -> Result<Uri, RegistryError> {
        let wrong = || self.malformed("an address", format!("{location:?} is none that is asked"));
        let whole = if location.starts_with('/') && !location.starts_with("//") {
            let authority = from.authority().ok_or_else(wrong)?;
            format!("{}://{authority}{location}", from.scheme_str().unwrap_or("https"))
        } else {
            location.to_owned()
        };
        let uri: Uri = whole.parse().map_err(|_| wrong())?;
        if uri.scheme().is_none() || uri.host().is_none() {
            return Err(wrong());
        }
        Ok(uri)
    }
}

/// The body of an answer, if it is no longer than is read.
pub(super) fn whole(what: &str, answer: Response<Incoming>, most: u64) -> Result<Vec<u8>, RegistryError> {
    let too_large = || RegistryError::TooLarge { what: what.to_owned(), limit: most };
    let said = answer.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    answer
        .into_body()
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| RegistryError::Unanswered { host: what.to_owned(), error: OutboundError::from(error) })?;
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

/// Scheme, host and port, as they are compared.
fn origin(uri: &Uri) -> (Option<&str>, Option<String>, u16) {
    let usual = if uri.scheme_str() == Some("http") { 80 } else { 443 };
    (uri.scheme_str(), uri.host().map(str::to_ascii_lowercase), uri.port_u16().unwrap_or(usual))
}
