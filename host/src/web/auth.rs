//! Who asks, and whether they may.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::app::App;
use super::json::whole;
use super::problem::{Code, Problem};
use crate::access::{Permission, Principal, Refused};

/// The longest body of a refused request that is taken, in bytes, and how long that may take.
const SHORT: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(1);

/// What a route asks of whoever comes: any of these permissions.
#[derive(Clone)]
pub(super) struct Door {
    pub app: Arc<App>,
    pub any_of: &'static [Permission],
}

/// Lets a request pass with its [`Principal`], or answers it.
pub(super) async fn admit(State(Door { app, any_of }): State<Door>, mut request: Request, next: Next) -> Response {
    match principal(&app, request.headers(), any_of) {
        Ok(principal) => {
            let who = Arc::clone(&principal);
            request.extensions_mut().insert(principal);
            let mut response = next.run(request).await;
            response.extensions_mut().insert(who);
            response
        }
        Err(problem) => {
            take(request).await;
            problem.into_response()
        }
    }
}

/// Takes the body of a request that is refused, and throws it away: otherwise the connection is closed, and whoever sends their
/// next request over it hears no answer. Not for ever, and not more than a little.
async fn take(request: Request) {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|bytes: usize| bytes <= SHORT) {
        let body = whole(request.into_body().into_data_stream(), SHORT);
        tokio::time::timeout(PATIENCE, body).await.ok();
    }
}

fn principal(app: &App, headers: &HeaderMap, any_of: &[Permission]) -> Result<Arc<Principal>, Problem> {
    let token = bearer(headers)?;
    let admitted = app.readers.with(|ledger| match app.access.admit(ledger, token, Timestamp::now()) {
        Err(Refused::Ledger(error)) => Err(Problem::from(error)),
        admitted => Ok(admitted),
    })?;
    let principal = admitted.map_err(|refused| {
        metrics::counter!("countersign_refused_tokens_total").increment(1);
        Problem::new(Code::Unauthenticated, refused.to_string())
    })?;
    if !any_of.is_empty() && !any_of.iter().any(|permission| principal.may(*permission)) {
        return Err(lacks(&principal, any_of));
    }
    spend(app, &principal)?;
    Ok(principal)
}

/// Counts a request against what somebody may ask in a second.
pub(super) fn spend(app: &App, principal: &Principal) -> Result<(), Problem> {
    app.spend(principal).map_err(|wait| Problem {
        retry_after: Some(wait.as_secs() + 1),
        ..Problem::new(Code::Busy, "too much was asked for in the last second")
    })
}

/// The one token of a request.
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let refuse = |detail: &str| Problem::new(Code::Unauthenticated, detail);
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(one), None) = (given.next(), given.next()) else {
        return Err(refuse("send one header `Authorization: Bearer TOKEN`; an admin creates tokens"));
    };
    let text = one.to_str().unwrap_or_default();
    let (scheme, token) = text.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refuse("the header `Authorization` must be `Bearer TOKEN`"));
    }
    Ok(token.trim())
}

/// What somebody is told who may not do something.
pub(super) fn lacks(principal: &Principal, any_of: &[Permission]) -> Problem {
    let words: Vec<_> = any_of.iter().map(|permission| permission.as_str()).collect();
    let who = if principal.token.is_some() {
        "an admin can create a token that has"
    } else {
        "the groups that one has where one signs in say which role one has here"
    };
    let detail =
        format!("`{}` ({}) has not the permission {}; {who}", principal.name, principal.role, words.join(" or "));
    Problem::new(Code::Forbidden, detail)
}

/// Asks for one permission more than the route does.
pub(super) fn require(principal: &Principal, permission: Permission) -> Result<(), Problem> {
    if principal.may(permission) { Ok(()) } else { Err(lacks(principal, &[permission])) }
}
