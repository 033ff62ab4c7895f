//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::door::LEAST;
use super::page::{Page, Refusal, Visitor};
use crate::access::{Refused, token_digest};
use crate::web::app::App;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    who: Option<Visitor>,
    /// Why somebody did not come in.
    refused: Option<String>,
}

pub(super) async fn form() -> Response {
    Page(LoginPage { who: None, refused: None }).into_response()
}

/// What somebody signs in with.
#[derive(Deserialize)]
pub(super) struct SignIn {
    token: String,
}

pub(super) async fn enter(
    State(app): State<Arc<App>>,
    given: Result<Form<SignIn>, FormRejection>,
) -> Result<Response, Refusal> {
    let refuse = |why: &str| {
        let page = Page(LoginPage { who: None, refused: Some(why.to_owned()) });
        Ok((StatusCode::UNAUTHORIZED, page).into_response())
    };
    let Ok(Form(SignIn { token })) = given else { return refuse("This form could not be read.") };
    let token = token.trim();
    let now = Timestamp::now();
    let admitted = app.readers.with(|ledger| match app.access.admit(ledger, token, now) {
        Err(Refused::Ledger(error)) => Err(Problem::from(error)),
        admitted => Ok(admitted),
    })?;
    match (admitted, token_digest(token)) {
        (Ok(principal), Some(digest)) if principal.may(LEAST) => {
            let cookie = app.cookies.set(Some(&app.sessions.begin(digest, now)));
            Ok((cookie.map(|cookie| [(header::SET_COOKIE, cookie)]), Redirect::to("/")).into_response())
        }
        (Ok(principal), _) => refuse(&format!(
            "The pages are about decisions, and a token of the role {} may not read them.",
            principal.role
        )),
        (Err(refused), _) => {
            metrics::counter!("countersign_refused_tokens_total").increment(1);
            let why = match refused {
                Refused::Expired(at) => format!("This token expired at {}.", at.strftime("%F %T UTC")),
                _ => "This token is not known here, or was revoked.".to_owned(),
            };
            refuse(&why)
        }
    }
}

pub(super) async fn leave(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Some(text) = app.cookies.read(&headers) {
        app.sessions.end(text);
    }
    let gone = app.cookies.set(None).map(|cookie| [(header::SET_COOKIE, cookie)]);
    (gone, Redirect::to("/login")).into_response()
}
