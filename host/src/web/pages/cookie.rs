//! The cookie of a session.

use axum::http::{HeaderMap, HeaderValue, header};

/// Its name where only TLS carries it: browsers take one of this name from no other host, path or plain page.
const GUARDED: &str = "__Host-countersign";

/// Its name on this machine without TLS.
const PLAIN: &str = "countersign";

/// How cookies are set here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Cookies {
    /// Only TLS carries them.
    Guarded,
    /// This machine alone is served, and without TLS.
    Plain,
}

impl Cookies {
    const fn name(self) -> &'static str {
        match self {
            Self::Guarded => GUARDED,
            Self::Plain => PLAIN,
        }
    }

    /// The text in the one cookie of a session. Several of the name are none: somebody may have added one.
    pub(super) fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut found = pairs.filter(|(name, _)| *name == self.name()).map(|(_, text)| text);
        found.next().filter(|_| found.next().is_none())
    }

    /// The header that has a browser keep a session's text until the browser is closed; that forgets it, if there is none.
    /// Scripts do not see it, and other sites' forms do not bring it.
    pub(super) fn set(self, text: Option<&str>) -> Option<HeaderValue> {
        let (text, ends) = text.map_or(("", "; Max-Age=0"), |text| (text, ""));
        let secure = if self == Self::Guarded { "; Secure" } else { "" };
        HeaderValue::try_from(format!("{}={text}; Path=/; HttpOnly; SameSite=Lax{secure}{ends}", self.name())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_str(line).unwrap())).collect()
    }

    #[test]
    fn one_cookie_is_read_and_two_are_none() {
        let read = |lines: &[&str]| Cookies::Plain.read(&headers(lines)).map(str::to_owned);
        assert_eq!(read(&["a=b; countersign=x"]).as_deref(), Some("x"));
        assert_eq!(read(&["countersign=x; countersign=y"]), None);
        assert_eq!(read(&["countersign=x", "countersign=x"]), None);
        assert_eq!(read(&["__Host-countersign=x; Countersign=y; countersign"]), None);
        assert_eq!(Cookies::Guarded.read(&headers(&["countersign=y; __Host-countersign=x"])), Some("x"));
    }

    #[test]
    fn cookies_are_for_this_host_and_no_script() {
        let set = |cookies: Cookies, text| cookies.set(text).unwrap().to_str().unwrap().to_owned();
        assert_eq!(set(Cookies::Guarded, Some("x")), "__Host-countersign=x; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set(Cookies::Plain, None), "countersign=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
        assert_eq!(Cookies::Plain.set(Some("a\nb")), None);
    }
}
