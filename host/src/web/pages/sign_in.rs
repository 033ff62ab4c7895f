//! Signing in with a token, and out.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::cookie::Cookie;
use super::door::LEAST;
use super::page::{Page, Refusal, Visitor};
use super::session::Holder;
use crate::access::{Principal, Refused, token_digest};
use crate::web::app::App;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    who: Option<Visitor>,
    /// Where people sign in who have no token, if there is such a place.
    issuer: Option<String>,
    start: &'static str,
    /// Why somebody did not come in.
    refused: Option<String>,
}

impl LoginPage {
    fn of(app: &App, refused: Option<String>) -> Page<Self> {
        // Its host: that is what people know it by.
        let host = |issuer: &str| issuer.split("://").last().and_then(|rest| rest.split('/').next()).map(str::to_owned);
        let issuer = app.login.as_ref().and_then(|login| host(login.settings().issuer.as_str()));
        Page(Self { who: None, issuer, start: super::issuer::START, refused })
    }
}

pub(super) async fn form(State(app): State<Arc<App>>) -> Response {
    LoginPage::of(&app, None).into_response()
}

/// The page to sign in at, with why somebody did not come in.
pub(super) fn refuse(app: &App, status: StatusCode, why: &str) -> Response {
    (status, LoginPage::of(app, Some(why.to_owned()))).into_response()
}

/// What somebody is told whom the pages show nothing.
pub(super) fn reads_none(principal: &Principal) -> String {
    format!("The pages are about decisions, which the role {} may not read.", principal.role)
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
    let refuse = |why: &str| Ok(refuse(&app, StatusCode::UNAUTHORIZED, why));
    let Ok(Form(SignIn { token })) = given else { return refuse("This form could not be read.") };
    let token = token.trim();
    let now = Timestamp::now();
    let admitted = app.readers.with(|ledger| match app.access.admit(ledger, token, now) {
        Err(Refused::Ledger(error)) => Err(Problem::from(error)),
        admitted => Ok(admitted),
    })?;
    match (admitted, token_digest(token)) {
        (Ok(principal), Some(digest)) if principal.may(LEAST) => {
            let text = app.sessions.begin(Holder::Token(digest), now);
            let cookie = app.cookies.set(Cookie::Session, Some(&text));
            Ok((cookie.map(|cookie| [(header::SET_COOKIE, cookie)]), Redirect::to("/")).into_response())
        }
        (Ok(principal), _) => refuse(&reads_none(&principal)),
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
    if let Some(text) = app.cookies.read(Cookie::Session, &headers) {
        app.sessions.end(text);
    }
    let gone = app.cookies.set(Cookie::Session, None).map(|cookie| [(header::SET_COOKIE, cookie)]);
    (gone, Redirect::to("/login")).into_response()
}
