//! Lets people in who are signed in, and takes forms from our own pages alone.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::cookie::Cookie;
use super::origin::is_ours;
use super::page::Refusal;
use super::session::Holder;
use crate::access::{Permission, Principal, Refused};
use crate::web::app::App;
use crate::web::auth::{lacks, spend};
use crate::web::problem::{Code, Problem};

/// What somebody must be allowed to do who signs in: everything on the pages is about decisions.
pub(super) const LEAST: Permission = Permission::ReadDecisions;

/// Lets a request pass with its [`Principal`]. Whoever is not signed in is sent to where they can.
pub(super) async fn admit(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match principal(&app, request.headers()) {
        Ok(Some(principal)) => {
            let who = Arc::clone(&principal);
            request.extensions_mut().insert(principal);
            let mut response = next.run(request).await;
            response.extensions_mut().insert(who);
            response
        }
        Ok(None) => Redirect::to("/login").into_response(),
        Err(problem) => Refusal::from(problem).into_response(),
    }
}

/// Who is signed in; none, if nobody is, or no longer.
fn principal(app: &App, headers: &HeaderMap) -> Result<Option<Arc<Principal>>, Problem> {
    let now = Timestamp::now();
    let session = app.cookies.read(Cookie::Session, headers).and_then(|text| app.sessions.find(text, now));
    let admitted = match session {
        None => None,
        Some(Holder::Person(person)) => Some(person),
        Some(Holder::Token(digest)) => {
            app.readers.with(|ledger| match app.access.admit_again(ledger, &digest, now) {
                Err(Refused::Ledger(error)) => Err(Problem::from(error)),
                admitted => Ok(admitted.ok()),
            })?
        }
    };
    let Some(principal) = admitted else { return Ok(None) };
    if !principal.may(LEAST) {
        return Err(lacks(&principal, &[LEAST]));
    }
    spend(app, &principal)?;
    Ok(Some(principal))
}

/// Refuses what changes something and does not come from a page of ours.
pub(super) async fn ours(request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_ours(request.headers()) {
        let detail = "this form was not sent from a page of this service: open the page again and use its own buttons";
        return Refusal::from(Problem::new(Code::Forbidden, detail)).into_response();
    }
    next.run(request).await
}
