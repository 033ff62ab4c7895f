//! A name and a password for a registry.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ureq::http::HeaderValue;

/// A name and a password for a registry. They are shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    name: String,
    password: String,
}

impl Credentials {
    /// These.
    #[must_use]
    pub fn new(name: impl Into<String>, password: impl Into<String>) -> Self {
        Self { name: name.into(), password: password.into() }
    }

    /// From `name:password` in base64, as a docker config has it; none if it is something else.
    pub(super) fn decoded(text: &str) -> Option<Self> {
        let plain = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
        let (name, password) = plain.split_once(':')?;
        // Some writers end it with a zero.
        Some(Self::new(name, password.trim_end_matches('\0')))
    }

    /// The header that they are sent in.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        secret(&format!("Basic {}", STANDARD.encode(format!("{}:{}", self.name, self.password))))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// A header that is not shown; none if it cannot be one.
pub(super) fn secret(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}
