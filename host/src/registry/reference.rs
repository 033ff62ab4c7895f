//! What a module is called in a registry.

use std::fmt;
use std::str::FromStr;

use crate::model::Digest;
use crate::outbound::Address;

/// A module in a registry: `registry.example.com/team/rule:1.2.0`, with or without `@sha256:…` at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactReference {
    /// The registry's host, with its port if it has one.
    pub host: String,
    /// The repository in it.
    pub repository: String,
    /// The tag. There is a tag or a digest, or both.
    pub tag: Option<String>,
    /// The digest of the manifest.
    pub digest: Option<Digest>,
    address: Address,
}

/// A text that names no module in a registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` names no module in a registry: {why}; write registry.example.com/team/rule:1.2.0, or @sha256:… at its end"
)]
pub struct NotAReference {
    text: String,
    why: &'static str,
}

/// The longest repository and the longest tag, in characters.
const LONGEST_REPOSITORY: usize = 255;
const LONGEST_TAG: usize = 128;

impl ArtifactReference {
    /// Where the registry is asked: over TLS, or on this machine without.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The reference with this digest alone: what is pulled by it never changes.
    #[must_use]
    pub fn pinned(&self, digest: Digest) -> String {
        format!("{}/{}@{digest}", self.host, self.repository)
    }
}

impl FromStr for ArtifactReference {
    type Err = NotAReference;

    fn from_str(text: &str) -> Result<Self, NotAReference> {
        let wrong = |why: &'static str| NotAReference { text: text.to_owned(), why };
        if text.contains("://") {
            return Err(wrong("it begins with a scheme, which is not part of it"));
        }
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) if digest.starts_with("sha256:") => {
                (named, Some(digest.parse().map_err(|_| wrong("after the @ stands no SHA-256 digest"))?))
            }
            Some(_) => return Err(wrong("after the @ stands no SHA-256 digest")),
            None => (text, None),
        };
        let (host, path) = named.split_once('/').ok_or_else(|| wrong("it has no host and no repository"))?;
        if !(host.contains(['.', ':']) || host == "localhost") {
            return Err(wrong("it does not begin with the registry's host"));
        }
        let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        let address = host.bytes().all(in_host).then(|| address(host)).flatten();
        let address = address.ok_or_else(|| wrong("it does not begin with the registry's host"))?;
        let (repository, tag) = match path.split_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (path, None),
        };
        if repository.len() > LONGEST_REPOSITORY || !repository.split('/').all(is_part) {
            return Err(wrong("a repository has lower-case letters, digits, and one of . _ - between them"));
        }
        if !tag.is_none_or(is_tag) {
            return Err(wrong("a tag has at most 128 letters, digits and . _ - and does not begin with . or -"));
        }
        if tag.is_none() && digest.is_none() {
            return Err(wrong("it has neither a tag nor a digest"));
        }
        let (host, repository, tag) = (host.to_owned(), repository.to_owned(), tag.map(str::to_owned));
        Ok(Self { host, repository, tag, digest, address })
    }
}

impl fmt::Display for ArtifactReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// Without TLS is taken for this machine alone.
fn address(host: &str) -> Option<Address> {
    let over = |scheme: &str| Address::try_from(format!("{scheme}://{host}/")).ok();
    over("http").or_else(|| over("https"))
}

/// A part of a repository's name: letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_part(part: &str) -> bool {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [part.bytes().next(), part.bytes().next_back()];
    if !ends.iter().all(|end| end.as_ref().is_some_and(plain)) {
        return false;
    }
    part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .all(|between| matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let in_tag = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=LONGEST_TAG).contains(&tag.len()) && tag.bytes().all(in_tag) && !tag.starts_with(['.', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_what_it_writes() {
        let digest = Digest::of(b"x");
        for text in [
            "registry.example.com/team/rule:1.2.0".to_owned(),
            format!("registry.example.com/rule@{digest}"),
            format!("127.0.0.1:5000/a/b-c/d__e.f:1.0.0-rc.1@{digest}"),
            "localhost/rule:latest".to_owned(),
            "[::1]:5000/rule:1".to_owned(),
        ] {
            let read: ArtifactReference = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
        }
        let read: ArtifactReference = format!("registry.example.com/rule:1@{digest}").parse().unwrap();
        assert_eq!(read.pinned(digest), format!("registry.example.com/rule@{digest}"));
    }

    #[test]
    fn what_is_no_reference_is_refused_with_the_reason() {
        let long = "x".repeat(200);
        for (text, why) in [
            ("rule:1", "no host"),
            ("team/rule:1", "registry's host"),
            ("registry.example.com/rule", "neither a tag nor a digest"),
            ("registry.example.com/Rule:1", "lower-case"),
            ("registry.example.com/a//b:1", "lower-case"),
            ("registry.example.com/../b:1", "lower-case"),
            ("registry.example.com/a..b:1", "lower-case"),
            ("registry.example.com/-a:1", "lower-case"),
            ("registry.example.com/:1", "lower-case"),
            ("registry.example.com/a:-1", "a tag has"),
            ("registry.example.com/a:", "a tag has"),
            ("registry.example.com/a:1+2", "a tag has"),
            (&format!("registry.example.com/a:{long}"), "a tag has"),
            ("registry.example.com/a:1@sha256:0", "no SHA-256 digest"),
            ("registry.example.com/a:1@sha512:00", "no SHA-256 digest"),
            ("me:word@registry.example.com/a:1", "no SHA-256 digest"),
            ("registry.example.com?x/a:1", "registry's host"),
            ("https://registry.example.com/a:1", "a scheme"),
        ] {
            let error = text.parse::<ArtifactReference>().unwrap_err().to_string();
            assert!(error.contains(why) && error.contains(text), "{text}: {error}");
        }
    }

    #[test]
    fn only_this_machine_is_asked_without_tls() {
        let scheme = |text: &str| {
            let read: ArtifactReference = text.parse().unwrap();
            read.address().uri().scheme_str().unwrap().to_owned()
        };
        for here in ["127.0.0.1:5000/a:1", "localhost:5000/a:1", "[::1]:5000/a:1"] {
            assert_eq!(scheme(here), "http", "{here}");
        }
        for there in ["registry.example.com/a:1", "127.0.0.1.example.com/a:1", "10.0.0.1:5000/a:1"] {
            assert_eq!(scheme(there), "https", "{there}");
        }
    }
}
