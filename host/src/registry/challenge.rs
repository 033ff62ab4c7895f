//! How a registry says what it wants to be asked with: the header `WWW-Authenticate`.

use ureq::http::HeaderMap;
use ureq::http::header::WWW_AUTHENTICATE;

/// What a registry wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A name and a password.
    Basic,
    /// A token, which somebody gives out at an address.
    Token {
        /// The address.
        realm: String,
        /// What the registry is called there.
        service: Option<String>,
    },
}

/// The longest header that is read.
const LONGEST: usize = 4 << 10;

impl Challenge {
    /// The first that is understood; none if none is.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        headers.get_all(WWW_AUTHENTICATE).iter().find_map(|header| Self::read(header.to_str().ok()?))
    }

    fn read(header: &str) -> Option<Self> {
        if header.len() > LONGEST {
            return None;
        }
        let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let realm = parameter(rest, "realm")?.to_owned();
        Some(Self::Token { realm, service: parameter(rest, "service").map(str::to_owned) })
    }
}

/// The value of a parameter, with or without quotes around it.
fn parameter<'t>(mut text: &'t str, wanted: &str) -> Option<&'t str> {
    loop {
        let (name, rest) = text.trim_start_matches([' ', ',']).split_once('=')?;
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        text = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_registry_wants_is_read() {
        let token = |realm: &str, service: Option<&str>| {
            Some(Challenge::Token { realm: realm.to_owned(), service: service.map(str::to_owned) })
        };
        for (header, wanted) in [
            (r#"Basic realm="Registry""#, Some(Challenge::Basic)),
            ("basic", Some(Challenge::Basic)),
            (
                r#"Bearer realm="https://a.example/token",service="r, s=t",scope="repository:a/b:pull""#,
                token("https://a.example/token", Some("r, s=t")),
            ),
            ("bearer scope=x, Realm=https://a.example/token", token("https://a.example/token", None)),
            (r#"Bearer service="x""#, None),
            (r#"Bearer realm="x"#, None),
            ("Bearer", None),
            ("Negotiate", None),
            ("", None),
        ] {
            assert_eq!(Challenge::read(header), wanted, "{header}");
        }
        assert_eq!(Challenge::read(&format!("Basic {}", "x".repeat(LONGEST))), None);
    }
}
