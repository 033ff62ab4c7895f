//! Whether a form was sent from a page of ours. Other sites' pages can have a browser send forms here, cookie and all.

use axum::http::{HeaderMap, Uri, header};

/// Whether a browser says that a page of ours sent this. Browsers write `Sec-Fetch-Site` themselves; those that do not know it
/// write `Origin`. A form that comes with neither is refused.
pub(super) fn is_ours(headers: &HeaderMap) -> bool {
    let only = |name: &str| {
        let mut all = headers.get_all(name).iter();
        let one = all.next().and_then(|value| value.to_str().ok());
        one.filter(|_| all.next().is_none())
    };
    let origin = only(header::ORIGIN.as_str()).map(|origin| {
        let ours = |host: &str| {
            origin.parse::<Uri>().is_ok_and(|origin| {
                matches!(origin.scheme_str(), Some("http" | "https"))
                    && origin.authority().is_some_and(|authority| authority.as_str().eq_ignore_ascii_case(host))
            })
        };
        only(header::HOST.as_str()).is_some_and(ours)
    });
    if headers.contains_key(header::ORIGIN) && origin != Some(true) {
        return false;
    }
    match only("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => origin == Some(true) && !headers.contains_key("sec-fetch-site"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> bool {
        let header = |(name, value): &(&str, &str)| {
            (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
        };
        is_ours(&pairs.iter().map(header).collect())
    }

    #[test]
    fn only_our_own_pages_send_forms() {
        const HOST: (&str, &str) = ("host", "127.0.0.1:8738");
        let ours = ("origin", "http://127.0.0.1:8738");
        assert!(asked(&[HOST, ours]));
        assert!(asked(&[HOST, ours, ("sec-fetch-site", "same-origin")]));
        assert!(asked(&[HOST, ("sec-fetch-site", "same-origin")]));
        for wrong in [
            &[HOST][..],
            &[ours],
            &[HOST, ("origin", "null")],
            &[HOST, ("origin", "http://127.0.0.1:9")],
            &[HOST, ("origin", "https://example.com")],
            &[HOST, ("origin", "file://127.0.0.1:8738")],
            &[HOST, ours, ("sec-fetch-site", "same-site")],
            &[HOST, ours, ("sec-fetch-site", "cross-site")],
            &[HOST, ours, ("sec-fetch-site", "none")],
            &[HOST, ("origin", "https://example.com"), ("sec-fetch-site", "same-origin")],
            &[HOST, ours, ("origin", "https://example.com")],
            &[HOST, ours, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
        ] {
            let headers = wrong
                .iter()
                .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap()));
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(name, value);
            }
            assert!(!is_ours(&map), "{wrong:?}");
        }
    }
}
