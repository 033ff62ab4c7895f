//! Bodies, queries and paths, read so that what is wrong with them becomes a problem.

use axum::body::BodyDataStream;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::problem::{Code, Problem};
use crate::model::key_to_blame;

/// The longest body of JSON, in bytes: that of the longest suggestion.
const LONGEST: usize = crate::model::MAX_LINE_BYTES;

/// How much more of a body that is too long is taken before the connection is closed, in bytes.
const PASSED_OVER: usize = 7 * LONGEST;

/// An answer in JSON.
pub(super) struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response(),
            Err(error) => Problem::new(Code::Bug, format!("the answer has no JSON form: {error}")).into_response(),
        }
    }
}

/// The text of a body that says that it is JSON.
pub(super) struct JsonText(pub String);

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::up_to(request, LONGEST).await
    }
}

/// All of a body that has so many bytes at most. Of one that is too long, some more is taken and thrown away: who still sends
/// does not hear an answer.
pub(super) async fn whole(mut body: BodyDataStream, longest: usize) -> Result<Vec<u8>, Problem> {
    let (mut bytes, mut length) = (Vec::new(), 0_usize);
    while length <= longest + PASSED_OVER
        && let Some(chunk) = body.next().await
    {
        let chunk = chunk.map_err(|error| broken_off(Some(&error)))?;
        length += chunk.len();
        if length <= longest {
            bytes.extend_from_slice(&chunk);
        }
    }
    if length > longest {
        return Err(Problem::new(Code::TooLarge, format!("at most {longest} bytes are read")));
    }
    Ok(bytes)
}

impl JsonText {
    /// The text of a body that says that it is JSON, of so many bytes at most.
    pub(super) async fn up_to(request: Request, longest: usize) -> Result<Self, Problem> {
        of_kind(request.headers(), &["application/json"])?;
        let bytes = whole(request.into_body().into_data_stream(), longest).await?;
        String::from_utf8(bytes).map(Self).map_err(|error| {
            let at = error.utf8_error().valid_up_to() + 1;
            Problem::new(Code::BadRequest, format!("the body is no valid UTF-8 at byte {at}"))
        })
    }

    /// Reads the body.
    pub(super) fn read<'t, T: Deserialize<'t>>(&'t self) -> Result<T, Problem> {
        let json = &mut serde_json::Deserializer::from_str(&self.0);
        let read = serde_path_to_error::deserialize(&mut *json).map_err(|error| {
            let key = key_to_blame(error.path());
            Problem { key, ..Problem::new(Code::Invalid, error.into_inner().to_string()) }
        })?;
        json.end().map_err(|error| Problem::new(Code::Invalid, error.to_string()))?;
        Ok(read)
    }
}

/// Refuses a body that is not of one of these kinds, or that is packed: what a packed body grows to is not known before.
pub(super) fn of_kind(headers: &HeaderMap, kinds: &[&str]) -> Result<(), Problem> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = said.split(';').next().unwrap_or_default().trim();
    if !kinds.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        let detail = format!("send the header `Content-Type: {}`", kinds.join("` or `"));
        return Err(Problem::new(Code::MediaType, detail));
    }
    let plain = headers.get_all(header::CONTENT_ENCODING).iter().all(|coding| coding == "identity");
    if plain { Ok(()) } else { Err(Problem::new(Code::MediaType, "packed bodies are not read here: send it as it is")) }
}

/// A body that did not come to its end.
pub(super) fn broken_off(mut cause: Option<&(dyn std::error::Error + 'static)>) -> Problem {
    while let Some(error) = cause {
        if error.is::<tower_http::timeout::TimeoutError>() {
            return Problem::new(Code::Timeout, "nothing more of the body came for too long");
        }
        cause = error.source();
    }
    Problem::new(Code::BadRequest, "the body broke off")
}

/// The one changing part of a path.
pub(super) struct Part(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Part {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |rejected: PathRejection| Problem::new(Code::BadRequest, rejected.body_text());
        let Path(part) = Path::from_request_parts(parts, state).await.map_err(wrong)?;
        Ok(Self(part))
    }
}

/// The two changing parts of a path.
pub(super) struct TwoParts(pub String, pub String);

impl<S: Send + Sync> FromRequestParts<S> for TwoParts {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |rejected: PathRejection| Problem::new(Code::BadRequest, rejected.body_text());
        let Path((first, second)) = Path::from_request_parts(parts, state).await.map_err(wrong)?;
        Ok(Self(first, second))
    }
}

/// The query of an address.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let wrong = |rejected: QueryRejection| Problem {
            key: key_of(&rejected),
            ..Problem::new(Code::BadRequest, rejected.body_text())
        };
        let Query(asked) = Query::from_request_parts(parts, state).await.map_err(wrong)?;
        Ok(Self(asked))
    }
}

/// The key of a query that is to blame, if one is.
fn key_of(rejected: &QueryRejection) -> Option<String> {
    type Wrong = serde_path_to_error::Error<serde::de::value::Error>;
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(rejected);
    while let Some(error) = cause {
        if let Some(wrong) = error.downcast_ref::<Wrong>() {
            return key_to_blame(wrong.path());
        }
        cause = error.source();
    }
    None
}
