//! What a registry answers if it does not do what it is asked.

use serde::Deserialize;
use ureq::http::{Response, StatusCode};

use super::{RegistryError, bounds, session};
use crate::outbound::Incoming;

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// The longest sentence of a registry that is shown, in characters.
const LONGEST: usize = 200;

/// Makes an error of an answer that is no success.
pub(super) fn problem(host: &str, what: &str, answer: Response<Incoming>, known: bool) -> RegistryError {
    let status = answer.status();
    let body = session::whole("what went wrong", answer, bounds::PROBLEM).unwrap_or_default();
    let (host, what, said) = (host.to_owned(), what.to_owned(), said(&body));
    match status {
        StatusCode::NOT_FOUND => RegistryError::Missing { host, what, said },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            let advice = if known {
                "the credentials of the docker config are not enough for it"
            } else {
                "there are no credentials for this host in the docker config; log in first"
            };
            RegistryError::Denied { host, what, said, advice }
        }
        status => RegistryError::Refused { host, what, status: status.as_u16(), said },
    }
}

/// The first thing that a registry says, as far as it can be shown; empty if it says nothing.
fn said(body: &[u8]) -> String {
    let Ok(Answer { errors }) = serde_json::from_slice(body) else { return String::new() };
    let Some(Problem { code, message }) = errors.into_iter().next() else { return String::new() };
    let plain = |text: String| text.chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>();
    format!(" ({}: {})", plain(code), plain(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_registry_says_is_shown_if_it_can_be() {
        assert_eq!(said(br#"{"errors":[{"code":"DENIED","message":"no\u001b[31m!"},{}]}"#), " (DENIED: no[31m!)");
        for nothing in ["", "<html>", "{}", r#"{"errors":[]}"#, r#"{"errors":"x"}"#] {
            assert_eq!(said(nothing.as_bytes()), "", "{nothing}");
        }
        let long = format!(r#"{{"errors":[{{"code":"X","message":"{}"}}]}}"#, "é".repeat(1000));
        assert!(said(long.as_bytes()).chars().count() < 220);
    }
}
