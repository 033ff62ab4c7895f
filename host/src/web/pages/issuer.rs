//! Signing in at the issuer that the deployment names.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::cookie::Cookie;
use super::door::LEAST;
use super::session::Holder;
use super::sign_in::refuse;
use crate::login::{Login, LoginError};
use crate::web::app::App;
use crate::web::problem::{Code, Problem};

/// Where a sign-in at the issuer begins.
pub(super) const START: &str = "/login/start";

/// Does something that waits for the issuer.
async fn asked<T: Send + 'static>(
    app: &App,
    ask: impl FnOnce(&Login) -> Result<T, LoginError> + Send + 'static,
) -> Result<T, Response> {
    let Some(login) = app.login.clone() else {
        let detail = "nobody signs in at an issuer here: countersign.toml names none under [serve.login]";
        return Err(super::page::Refusal::from(Problem::new(Code::NotFound, detail)).into_response());
    };
    match tokio::task::spawn_blocking(move || ask(&login)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(refuse(app, status(error), &error.to_string())),
        Err(_) => Err(refuse(app, StatusCode::INTERNAL_SERVER_ERROR, "The sign-in could not be finished.")),
    }
}

const fn status(error: LoginError) -> StatusCode {
    match error {
        LoginError::Over => StatusCode::BAD_REQUEST,
        LoginError::Denied | LoginError::Unverified | LoginError::NoRole => StatusCode::FORBIDDEN,
        LoginError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        LoginError::Busy => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// Sends somebody to the issuer.
pub(super) async fn start(State(app): State<Arc<App>>) -> Response {
    if app.sign_ins.check().is_err() {
        return refuse(&app, StatusCode::TOO_MANY_REQUESTS, &LoginError::Busy.to_string());
    }
    match asked(&app, Login::begin).await {
        Ok(begun) => {
            let cookie = app.cookies.set(Cookie::SignIn, Some(begun.handle.text()));
            (cookie.map(|cookie| [(header::SET_COOKIE, cookie)]), Redirect::to(&begun.address)).into_response()
        }
        Err(refused) => refused,
    }
}

/// Lets in somebody who comes back from there.
pub(super) async fn callback(State(app): State<Arc<App>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let handle = app.cookies.read(Cookie::SignIn, &headers).unwrap_or_default().to_owned();
    let finished = asked(&app, move |login| login.finish(&handle, &query.unwrap_or_default())).await;
    let forget = app.cookies.set(Cookie::SignIn, None);
    let (session, answer) = match finished {
        Ok(person) if !person.may(LEAST) => {
            (None, refuse(&app, StatusCode::FORBIDDEN, &super::sign_in::reads_none(&person)))
        }
        Ok(person) => {
            let text = app.sessions.begin(Holder::Person(Arc::new(person)), Timestamp::now());
            (app.cookies.set(Cookie::Session, Some(&text)), Redirect::to("/").into_response())
        }
        Err(refused) => (None, refused),
    };
    let cookies = [forget, session].into_iter().flatten().map(|cookie| (header::SET_COOKIE, cookie));
    (AppendHeaders(cookies.collect::<Vec<_>>()), answer).into_response()
}
