//! The span of a request: which route, never which address, because ids may stand in that.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use ureq::http::{HeaderMap, Method};

/// The methods that have a name of their own; others could be anything that a caller made up.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// The header by which a caller says which trace a request is part of (W3C Trace Context). Its companion `tracestate` is free
/// text of the caller's, and is not kept.
const PARENT: &str = "traceparent";

/// The span of a request by its route, none if it led nowhere. The caller's trace goes on, if the caller said which.
#[must_use]
pub fn request(route: Option<&str>, method: &Method, headers: &HeaderMap) -> Span {
    let known = METHODS.into_iter().find(|known| *known == method.as_str());
    let span = tracing::trace_span!(
        parent: None,
        "request",
        otel.name = name(known, route),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = known.unwrap_or("_OTHER"),
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
            (Some(one), None) => one.to_str().ok(),
            _ => None,
        })
    }
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
        for given in [&[][..], &[good, good], &[wrong], &[""], &["00-7-7-01"], &["7c1f"]] {
            assert_eq!(valid(given), None, "{given:?}");
        }
    }

    #[test]
    fn names_hold_nothing_that_a_caller_made_up() {
        assert_eq!(name(Some("GET"), Some("/v1/decisions/{id}")), "GET /v1/decisions/{id}");
        assert_eq!(name(None, None), "HTTP");
    }
}
