//! The cookies of whoever signs in.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::login::PATIENCE;

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// A session.
    Session,
    /// A sign-in at the issuer, until the browser comes back from there.
    SignIn,
}

/// How cookies are set here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Cookies {
    /// Only TLS carries them. Browsers take one of such a name from no other host, path or plain page.
    Guarded,
    /// This machine alone is served, and without TLS.
    Plain,
}

impl Cookies {
    const fn name(self, cookie: Cookie) -> &'static str {
        match (self, cookie) {
            (Self::Guarded, Cookie::Session) => "__Host-countersign",
            (Self::Guarded, Cookie::SignIn) => "__Host-countersign-sign-in",
            (Self::Plain, Cookie::Session) => "countersign",
            (Self::Plain, Cookie::SignIn) => "countersign-sign-in",
        }
    }

    /// The text in the one cookie that is for something. Several of the name are none: somebody may have added one.
    pub(super) fn read(self, cookie: Cookie, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut found = pairs.filter(|(name, _)| *name == self.name(cookie)).map(|(_, text)| text);
        found.next().filter(|_| found.next().is_none())
    }

    /// The header that has a browser keep a text until it is closed, or a sign-in is over; that has it forget the text, if there is none. Scripts do
    /// not see it, and other sites' forms do not bring it.
    pub(super) fn set(self, cookie: Cookie, text: Option<&str>) -> Option<HeaderValue> {
        let ends = match (text, cookie) {
            (None, _) => "; Max-Age=0".to_owned(),
            (Some(_), Cookie::Session) => String::new(),
            (Some(_), Cookie::SignIn) => format!("; Max-Age={}", PATIENCE.as_secs()),
        };
        let text = text.unwrap_or_default();
        let secure = if self == Self::Guarded { "; Secure" } else { "" };
        let name = self.name(cookie);
        HeaderValue::try_from(format!("{name}={text}; Path=/; HttpOnly; SameSite=Lax{secure}{ends}")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_str(line).unwrap());
        }
        headers
    }

    #[test]
    fn one_cookie_is_read_and_two_are_none() {
        let read = |lines: &[&str]| Cookies::Plain.read(Cookie::Session, &headers(lines)).map(str::to_owned);
        assert_eq!(read(&["a=b; countersign=x"]).as_deref(), Some("x"));
        assert_eq!(read(&["countersign=x; countersign=y"]), None);
        assert_eq!(read(&["countersign=x", "countersign=x"]), None);
        assert_eq!(read(&["__Host-countersign=x; Countersign=y; countersign; countersign-sign-in=z"]), None);
        let both = headers(&["countersign=y; __Host-countersign=x"]);
        assert_eq!(Cookies::Guarded.read(Cookie::Session, &both), Some("x"));
    }

    #[test]
    fn cookies_are_for_this_host_and_no_script() {
        let set = |cookies: Cookies, cookie, text| cookies.set(cookie, text).unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            set(Cookies::Guarded, Cookie::Session, Some("x")),
            "__Host-countersign=x; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            set(Cookies::Plain, Cookie::SignIn, None),
            "countersign-sign-in=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
        assert!(set(Cookies::Plain, Cookie::SignIn, Some("x")).ends_with("; Max-Age=600"));
        assert_eq!(Cookies::Plain.set(Cookie::Session, Some("a\nb")), None);
    }
}
