//! What goes wrong, as problem details (RFC 9457) with a stable code.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $status:ident, $text:literal, $title:literal,)+) => {
        /// What went wrong. The words never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Code {
            $($(#[$doc])+ $name,)+
        }

        impl Code {
            /// All of them.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),+];

            pub(super) const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)+
                }
            }

            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            pub(super) const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)+
                }
            }
        }
    };
}

codes! {
    /// The body, a part of the path or a query is not what is expected.
    BadRequest = BAD_REQUEST, "bad-request", "The request is not well formed",
    /// No token, or none that is good.
    Unauthenticated = UNAUTHORIZED, "unauthenticated", "A token is needed",
    /// The token does not allow this.
    Forbidden = FORBIDDEN, "forbidden", "This token does not allow this",
    /// There is no such thing.
    NotFound = NOT_FOUND, "not-found", "There is no such thing",
    /// Nothing of this kind is done there.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed", "This address does not know this method",
    /// The body did not come in time.
    Timeout = REQUEST_TIMEOUT, "timeout", "The request took too long to arrive",
    /// The id stands for something else.
    Conflict = CONFLICT, "conflict", "This id stands for another suggestion",
    /// Values that are on hold are not destroyed.
    OnHold = CONFLICT, "on-hold", "The values are on hold",
    /// It is on record, and is not recorded again.
    Recorded = CONFLICT, "recorded", "This is on record already",
    /// A version never changes.
    OtherBytes = CONFLICT, "other-bytes", "Other bytes are known under this version",
    /// A set does not come into force so.
    NotInForce = CONFLICT, "not-in-force", "This does not come into force",
    /// The values that this takes were erased.
    Erased = GONE, "erased", "The values were erased",
    /// The body is too long.
    TooLarge = PAYLOAD_TOO_LARGE, "too-large", "The body is too long",
    /// The body is of another kind.
    MediaType = UNSUPPORTED_MEDIA_TYPE, "media-type", "This kind of body is not read here",
    /// What stands in the body cannot be.
    Invalid = UNPROCESSABLE_ENTITY, "invalid", "What was sent cannot be used",
    /// Nobody who is trusted vouches for a module.
    Untrusted = UNPROCESSABLE_ENTITY, "untrusted", "Nobody who is trusted vouches for this module",
    /// Too many requests, or too many that wait.
    Busy = TOO_MANY_REQUESTS, "busy", "Ask again in a moment",
    /// A fault of the program.
    Bug = INTERNAL_SERVER_ERROR, "bug", "This is a bug of countersign",
    /// What is on record does not hold.
    Broken = INTERNAL_SERVER_ERROR, "broken", "What is on record does not hold",
    /// Nothing can be recorded at the moment.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "Nothing can be recorded at the moment",
}

/// A problem: what went wrong, and what to do.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub code: Code,
    pub detail: String,
    /// The key of the body or of the query that is to blame.
    pub key: Option<String>,
    /// After how many seconds to ask again.
    pub retry_after: Option<u64>,
}

/// A problem as it is written (RFC 9457).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct WrittenProblem {
    /// `urn:countersign:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What kind of problem it is, in words.
    title: Cow<'static, str>,
    /// The status of the answer.
    status: u16,
    /// What went wrong here, and what to do.
    pub detail: String,
    /// What kind of problem it is, for programs. The words never change.
    pub code: Cow<'static, str>,
    /// The key of the body or of the query that is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl Problem {
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), key: None, retry_after: None }
    }

    /// Something in the body that cannot be used, by its key.
    pub(super) fn invalid(key: &str, detail: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), ..Self::new(Code::Invalid, detail) }
    }

    /// Something in the address that cannot be used, by its key.
    pub(super) fn bad_query(key: &str, detail: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), ..Self::new(Code::BadRequest, detail) }
    }

    /// Something that is asked for and is not there.
    pub(super) fn not_found(what: impl Into<String>) -> Self {
        Self::new(Code::NotFound, what)
    }

    pub(super) fn written(&self) -> WrittenProblem {
        WrittenProblem {
            kind: format!("urn:countersign:problem:{}", self.code.as_str()),
            title: self.code.title().into(),
            status: self.code.status().as_u16(),
            detail: self.detail.clone(),
            code: self.code.as_str().into(),
            key: self.key.clone(),
        }
    }
}

/// The kind of content that problems have.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.written()).unwrap_or_default();
        let mut response = (self.code.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"countersign\""));
        }
        response
    }
}

impl From<crate::ledger::LedgerError> for Problem {
    fn from(error: crate::ledger::LedgerError) -> Self {
        use crate::ledger::LedgerError;
        if matches!(error, LedgerError::OnHold { .. }) {
            return Self::new(Code::OnHold, error.to_string());
        }
        tracing::error!(%error, "the ledger could not be read or written");
        if error.breaks() {
            return Self::new(Code::Broken, "the ledger does not hold; the operator's log says where");
        }
        Self {
            retry_after: Some(5),
            ..Self::new(Code::Unavailable, "the ledger cannot be used; the operator's log says why")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_words_and_differ() {
        let mut words: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert!(code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        }
    }
}
