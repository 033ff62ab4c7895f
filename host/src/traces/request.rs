//! The span of a request: which route, never which address, because ids may stand in that.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use ureq::http::{HeaderMap, Method};

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// What every other method is called.
pub const OTHER_METHOD: &str = "_OTHER";

/// The header by which a caller says which trace a request is part of (W3C Trace Context). Its companion `tracestate` is free
/// text of the caller's, and is not kept.
const PARENT: &str = "traceparent";

/// The name of a method that is one of the usual; others could be anything that a caller made up.
#[must_use]
pub fn known_method(method: &Method) -> Option<&'static str> {
    METHODS.into_iter().find(|known| *known == method.as_str())
}

/// The span of a request by its route, none if it led nowhere. The caller's trace goes on, if the caller said which.
#[must_use]
pub fn request(route: Option<&str>, method: &Method, headers: &HeaderMap) -> Span {
    let known = known_method(method);
    let span = tracing::trace_span!(
        parent: None,
        "request",
        otel.name = name(known, route),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = known.unwrap_or(OTHER_METHOD),
        http.route = route,
        http.response.status_code = Empty,
    );
    if !span.is_disabled() {
        let caller = TraceContextPropagator::new().extract_with_context(&Context::new(), &Caller::of(headers));
        // It fails where no layer of traces is, and then there is nothing to go on.
        span.set_parent(caller).ok();
    }
    span
}

/// What a request was answered with.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "error");
    }
}

fn name(method: Option<&str>, route: Option<&str>) -> String {
    let method = method.unwrap_or("HTTP");
    route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"))
}

/// What a caller said of its trace, if it said one thing.
struct Caller<'a>(Option<&'a str>);

impl<'a> Caller<'a> {
    fn of(headers: &'a HeaderMap) -> Self {
        let mut given = headers.get_all(PARENT).iter();
        Self(match (given.next(), given.next()) {
            (Some(one), None) => one.to_str().ok().filter(|text| is_well_formed(text)),
            _ => None,
        })
    }
}

/// Whether a text has the form of a parent: the extractor reads numbers of any length.
fn is_well_formed(text: &str) -> bool {
    let mut parts = text.split('-');
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    [2, 32, 16, 2].into_iter().all(|length| parts.next().is_some_and(|part| part.len() == length && hex(part)))
}

impl Extractor for Caller<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.filter(|_| key == PARENT)
    }

    fn keys(&self) -> Vec<&str> {
        vec![PARENT]
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TraceContextExt as _;

    use super::*;

    #[test]
    fn a_caller_is_believed_if_it_says_one_thing_that_can_be_read() {
        let valid = |given: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in given {
                headers.append(PARENT, value.parse().unwrap());
            }
            headers.append("tracestate", "a=b".parse().unwrap());
            let caller = TraceContextPropagator::new().extract_with_context(&Context::new(), &Caller::of(&headers));
            let context = caller.span().span_context().clone();
            assert_eq!(context.trace_state().header(), "", "free text is not kept");
            context.is_valid().then(|| context.trace_id().to_string())
        };
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(valid(&[good]).as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
        let wrong = "00-00000000000000000000000000000000-b7ad6b7169203331-01";
        let upper = good.to_ascii_uppercase();
        let longer = format!("{good}-01");
        for given in [
            &[][..],
            &[good, good],
            &[wrong],
            &[&upper],
            &[&longer],
            &[&good[..50]],
            &["00-7-7-01"],
            &[&good.replace('c', "+")],
            &[""],
        ] {
            assert_eq!(valid(given), None, "{given:?}");
        }
        assert!(valid(&[&longer.replacen("00", "01", 1)]).is_some(), "a later version may say more");
    }

    #[test]
    fn names_hold_nothing_that_a_caller_made_up() {
        assert_eq!(name(Some("GET"), Some("/v1/decisions/{id}")), "GET /v1/decisions/{id}");
        assert_eq!(name(None, None), "HTTP");
    }
}
