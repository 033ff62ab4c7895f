//! The router, and what every request passes through.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tracing::Instrument as _;

use super::app::App;
use super::auth::{Door, admit};
use super::host::one_host;
use super::metrics;
use super::pages::pages;
use super::problem::{Code, Problem};
use super::routes::{Who, routes};
use crate::access::Principal;
use crate::traces;

/// The router over all routes, and what else is served, which is told who comes in.
pub(super) fn router(app: &Arc<App>, more: Router<Arc<App>>) -> Router {
    let door = Door { app: Arc::clone(app), any_of: &[] };
    let mut router = more.layer(from_fn_with_state(door, admit));
    for route in routes() {
        let handler = match route.who {
            Who::Anybody => route.handler,
            Who::Holders(any_of) => {
                let door = Door { app: Arc::clone(app), any_of };
                route.handler.layer(from_fn_with_state(door, admit))
            }
        };
        router = router.route(route.path, handler);
    }
    router
        .merge(pages(app))
        .fallback(|| async {
            Problem::not_found("there is nothing at this address; /openapi.json lists what there is")
        })
        .method_not_allowed_fallback(|| async {
            Problem::new(Code::MethodNotAllowed, "/openapi.json lists which methods this address knows")
        })
        .layer(from_fn(one_host))
        .layer(from_fn(guarded))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::new(Code::Bug, "the request could not be finished").into_response()
        }))
        .layer(RequestBodyTimeoutLayer::new(app.limits.patience))
        .layer(from_fn(seen))
        .with_state(Arc::clone(app))
}

/// Headers that tell browsers to do nothing with an answer but show it.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
];

async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Counts a request, traces it and logs it: which route, never which address, because ids may stand in that.
async fn seen(mut request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let method = traces::known_method(request.method()).unwrap_or(traces::OTHER_METHOD);
    let begun = Instant::now();
    let span = traces::request(matched.as_ref().map(MatchedPath::as_str), request.method(), request.headers());
    // For those who answer on another task.
    request.extensions_mut().insert(span.clone());
    let response = next.run(request).instrument(span.clone()).await;
    let route = matched.as_ref().map_or("other", MatchedPath::as_str);
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    let who = response.extensions().get::<Arc<Principal>>().map_or("-", |principal| &principal.name);
    tracing::info!(method, route, status, who, seconds = took.as_secs_f64(), "answered");
    metrics::request(route, status, took);
    traces::answered(&span, status);
    response
}
