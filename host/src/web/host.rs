//! Which host a request is for.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::{Code, Problem};

/// Refuses a request that does not say which host it is for, or says it twice (RFC 9112, 3.2): whoever stands before this
/// service may have read another one of them. Which name it has is not asked: that of a proxy is known to the proxy alone, and
/// nothing that is answered depends on it.
pub(super) async fn one_host(request: Request, next: Next) -> Response {
    // Before 1.1 nobody had to say it.
    if request.version() >= Version::HTTP_11 && !says_one(request.headers()) {
        return Problem::new(Code::BadRequest, "send one header `Host` with the name of this service").into_response();
    }
    next.run(request).await
}

fn says_one(headers: &HeaderMap) -> bool {
    let mut given = headers.get_all(header::HOST).iter();
    let (Some(one), None) = (given.next(), given.next()) else { return false };
    let text = one.to_str().unwrap_or("@");
    // An address need not have a host. A name and a password are no part of one, and a comma joins what were two.
    text.is_empty() || (!text.contains(['@', ',']) && text.parse::<Authority>().is_ok())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_request_is_for_one_host() {
        let says = |given: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in given {
                headers.append(header::HOST, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            says_one(&headers)
        };
        for good in ["localhost", "127.0.0.1:8738", "[::1]:80", "countersign.example", ""] {
            assert!(says(&[good]), "{good}");
        }
        for wrong in [&[][..], &["a", "a"], &["a", "b"], &["a b"], &["a,b"], &["http://a/"], &["u:w@a"], &["\u{e4}"]] {
            assert!(!says(wrong), "{wrong:?}");
        }
    }
}
