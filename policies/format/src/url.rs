//! Web addresses.

use countersign_guest::url::{Authority, split_scheme};

use crate::domain;
use crate::form::Form;

/// How well a web address is formed.
pub fn form(text: &str) -> Form {
    if text.len() > 2048 {
        return Form::Invalid("it is longer than 2048 characters");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c)) {
        return Form::Invalid("it has a blank or a character that no web address has");
    }
    let (scheme, rest) = split_scheme(text);
    if scheme.is_some_and(|scheme| !["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme))) {
        return Form::Invalid("its scheme is neither http nor https");
    }
    let Some(Authority { user, host, port }) = Authority::read(rest) else {
        return Form::Invalid("its host or its port cannot be read");
    };
    if user.is_some() {
        return Form::Invalid("it names a user before its host, which hides where it leads");
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Form::Invalid("its port is no number up to 65535");
    }
    match domain::form(host) {
        Form::Normal => match scheme {
            None => Form::Valid("it has no scheme"),
            Some(scheme) => Form::normal_unless(
                scheme.bytes().any(|byte| byte.is_ascii_uppercase()),
                "its scheme has capital letters",
            ),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in
            ["https://acme.com", "http://www.acme.co.uk:8080/About?x=1#y", "https://acme.com/?u=https://b.com/@x"]
        {
            assert_eq!(form(good), Form::Normal, "{good}");
        }
        for valid in [
            "acme.com",
            "www.acme.com/about",
            "HTTPS://acme.com",
            "https://Acme.com",
            "https://münchen.de",
            "acme.com/?u=https://b.com",
        ] {
            assert!(matches!(form(valid), Form::Valid(_)), "{valid}");
        }
        let long = format!("https://acme.com/{}", "a".repeat(2048));
        for bad in [
            "",
            "acme",
            "https://",
            "https://acme",
            "ftp://acme.com",
            "javascript:alert(1)",
            "https://acme.com@evil.com/",
            "https://acme.com:99999",
            "https://acme.com:+1",
            "https://ac me.com",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://acme..com",
            "mailto:ann@acme.com",
            "https:\\\\acme.com",
            &long,
        ] {
            assert!(matches!(form(bad), Form::Invalid(_)), "{bad}");
        }
    }
}
