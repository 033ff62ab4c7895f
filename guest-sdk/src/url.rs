//! Finding the host in a URL, in one way, so that no two modules disagree about where one leads.

/// The parts of a URL between `//` and the path, as they are written: nothing is decoded, and nothing says
/// that the host is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// What stands before an `@`.
    pub user: Option<&'a str>,
    /// The host, without the brackets of an IPv6 address; may be empty.
    pub host: &'a str,
    /// The digits after a colon; may be empty.
    pub port: Option<&'a str>,
}

impl<'a> Authority<'a> {
    /// Reads the beginning of what follows `//`; nothing if it is malformed. A backslash ends it, as it does in
    /// browsers.
    ///
    /// ```
    /// use countersign_guest::url::Authority;
    /// let authority = Authority::read("good.example@evil.example:443/path").unwrap();
    /// assert_eq!((authority.host, authority.port), ("evil.example", Some("443")));
    /// ```
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        let written = text.split(['/', '?', '#', '\\']).next()?;
        let (user, address) = match written.rsplit_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, written),
        };
        let (host, rest) = match address.strip_prefix('[') {
            Some(bracketed) => bracketed.split_once(']')?,
            None => address.split_at_checked(address.find(':').unwrap_or(address.len()))?,
        };
        let port = match rest.strip_prefix(':') {
            Some(port) => Some(port),
            None if rest.is_empty() => None,
            None => return None,
        };
        let digits = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
        port.is_none_or(digits).then_some(Self { user, host, port })
    }
}

/// The scheme of a URL, if it has one, and what follows `://`. A `://` further on belongs to the path or the query.
///
/// ```
/// use countersign_guest::url::split_scheme;
/// assert_eq!(split_scheme("https://example.com/a"), (Some("https"), "example.com/a"));
/// assert_eq!(split_scheme("example.com?to=https://a"), (None, "example.com?to=https://a"));
/// ```
#[must_use]
pub fn split_scheme(text: &str) -> (Option<&str>, &str) {
    match text.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?', '#', '\\', '.', '@']) => (Some(scheme), rest),
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_host() {
        for (text, host) in [
            ("example.com", "example.com"),
            ("example.com:?x", "example.com"),
            ("me:pw@example.com/", "example.com"),
            ("a@b@example.com#x@y", "example.com"),
            ("evil.example\\@good.example", "evil.example"),
            ("[2001:db8::1]:21/a", "2001:db8::1"),
            ("/a/b", ""),
        ] {
            assert_eq!(Authority::read(text).map(|authority| authority.host), Some(host), "{text}");
        }
        for bad in ["[::1", "[::1]x", "a:b", "a:+1", "::1"] {
            assert_eq!(Authority::read(bad), None, "{bad}");
        }
    }
}
