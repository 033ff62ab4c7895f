//! Pages for people: how the service is, and every decision with what it was made of.
//!
//! They are made here, without scripts and without anything from elsewhere. Whoever signs in sees what the API would give
//! them; the templates stand in `host/templates`.

mod canary;
mod chart;
mod cookie;
mod decision;
mod door;
mod issuer;
mod list;
mod modules;
mod origin;
mod page;
mod session;
mod sets;
mod sign_in;
mod status;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::app::App;
use crate::login::CALLBACK;
use crate::replay::render::html::STYLE as REPORTS;

pub(super) use cookie::Cookies;
pub(super) use session::Sessions;

/// The longest form, in bytes.
const LONGEST_FORM: usize = 4 << 10;

/// The pages.
pub(super) fn pages(app: &Arc<App>) -> Router<Arc<App>> {
    let inside = Router::new()
        .route("/", get(status::show))
        .route("/decisions", get(list::show))
        .route("/decisions/{id}", get(decision::show))
        .route("/decisions/{id}/reproduce", post(decision::reproduce))
        .route("/decisions/{id}/proof", get(decision::proof))
        .route("/modules", get(modules::list))
        .route("/modules/{name}/{version}", get(modules::show))
        .route("/sets", get(sets::show).post(sets::act))
        .route("/logout", post(sign_in::leave))
        .layer(from_fn_with_state(Arc::clone(app), door::admit));
    Router::new()
        .route("/login", get(sign_in::form).post(sign_in::enter))
        .route(issuer::START, get(issuer::start))
        .route(CALLBACK, get(issuer::callback))
        .route("/style.css", get(style))
        .route("/icon.svg", get(icon))
        .merge(inside)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(from_fn(door::ours))
        .layer(from_fn(dressed))
}

/// What a page may do: show the style and the picture that come from here, and send forms here.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

async fn dressed(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Without it, browsers would not say that a form comes from here.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The style of reports, and what pages have beside.
async fn style() -> Response {
    let css = [REPORTS, include_str!("../../../templates/pages.css")].concat();
    of_kind("text/css; charset=utf-8", css)
}

async fn icon() -> Response {
    of_kind("image/svg+xml", include_str!("../../../templates/icon.svg").to_owned())
}

/// Something that stays the same while the program runs.
fn of_kind(kind: &'static str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("max-age=300")),
    ];
    (headers, text).into_response()
}
