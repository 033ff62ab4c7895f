//! What a browser brings back from the issuer. Anybody can send this.

use openidconnect::AuthorizationCode;
use openidconnect::url::form_urlencoded;

use super::LoginError;

/// The longest query that is read, in bytes.
const LONGEST: usize = 8 << 10;

/// What came back.
#[derive(Debug)]
pub(super) struct Callback {
    /// Which sign-in it is said to be of.
    pub state: String,
    /// Who is said to have sent the browser back (RFC 9207).
    pub issuer: Option<String>,
    /// What is said.
    pub said: Said,
}

/// What the issuer is said to have said.
#[derive(Debug)]
pub(super) enum Said {
    /// With this code it tells who somebody is.
    Code(AuthorizationCode),
    /// No, for this reason: one of its protocol's words, or another one that is not repeated.
    No(&'static str),
}

/// Reasons that are repeated in the log (RFC 6749, OIDC Core).
const REASONS: [&str; 12] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_request",
    "invalid_scope",
    "login_required",
    "request_not_supported",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
];

impl Callback {
    /// Reads a query. What is there twice, or contradicts itself, was not sent by an issuer.
    pub fn read(query: &str) -> Result<Self, LoginError> {
        if query.len() > LONGEST {
            return Err(LoginError::Over);
        }
        let (mut state, mut issuer, mut code, mut error) = (None, None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "state" => &mut state,
                "iss" => &mut issuer,
                "code" => &mut code,
                "error" => &mut error,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(LoginError::Over);
            }
        }
        let said = match (code, error) {
            (Some(code), None) if !code.is_empty() => Said::Code(AuthorizationCode::new(code)),
            (None, Some(error)) => {
                Said::No(REASONS.into_iter().find(|known| *known == error).unwrap_or("another reason"))
            }
            _ => return Err(LoginError::Over),
        };
        Ok(Self { state: state.ok_or(LoginError::Over)?, issuer, said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_or_a_reason_is_read() {
        let read = Callback::read("code=a%2Bb&state=s+1&session_state=x&iss=https%3A%2F%2Fid.example.com").unwrap();
        assert_eq!((read.state.as_str(), read.issuer.as_deref()), ("s 1", Some("https://id.example.com")));
        assert!(matches!(read.said, Said::Code(code) if code.secret() == "a+b"));
        let no = |query| Callback::read(query).unwrap().said;
        assert!(matches!(no("error=access_denied&state=s&error_description=x"), Said::No("access_denied")));
        assert!(matches!(no("error=%0Aforged&state=s"), Said::No("another reason")));
    }

    #[test]
    fn what_no_issuer_sends_is_refused() {
        let long = format!("state=s&code={}", "x".repeat(LONGEST));
        for query in [
            "",
            "code=a",
            "state=s",
            "state=s&code=",
            "state=s&code=a&code=b",
            "state=s&state=s&code=a",
            "state=s&code=a&iss=x&iss=x",
            "state=s&code=a&error=access_denied",
            long.as_str(),
        ] {
            assert_eq!(Callback::read(query).unwrap_err(), LoginError::Over, "{query}");
        }
    }
}
