//! Why a module does not travel.

use std::path::PathBuf;

use crate::model::Digest;
use crate::outbound::OutboundError;

/// Why a module does not travel.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The registry was not asked, or did not answer.
    #[error("{host}: {error}")]
    Unanswered {
        /// The registry, or whom it refers to.
        host: String,
        /// Why.
        error: OutboundError,
    },
    /// It is not there.
    #[error("{host} has no {what}: look at its name, and whether whoever asks may see it{said}")]
    Missing {
        /// The registry.
        host: String,
        /// What is not there.
        what: String,
        /// What the registry says.
        said: String,
    },
    /// Whoever asks may not.
    #[error("{host} does not let in whoever asks for {what}{said}: {advice}")]
    Denied {
        /// The registry.
        host: String,
        /// What was asked for.
        what: String,
        /// What the registry says.
        said: String,
        /// What to do.
        advice: &'static str,
    },
    /// The registry says no, or that it is broken.
    #[error("{host} answers {status} to {what}{said}")]
    Refused {
        /// The registry.
        host: String,
        /// What was asked.
        what: String,
        /// The status.
        status: u16,
        /// What the registry says.
        said: String,
    },
    /// It points to where it is not followed.
    #[error("{host} points to {to} for {what}: {why}")]
    Elsewhere {
        /// The registry.
        host: String,
        /// Where to.
        to: String,
        /// What for.
        what: String,
        /// Why it is not followed.
        why: &'static str,
    },
    /// There is more than is read.
    #[error("{what} has more than {limit} bytes, which is the most that is read")]
    TooLarge {
        /// What.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// There are more than are read.
    #[error("there are more than {limit} {what}, which is the most that is read")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// It cannot be read.
    #[error("{what} cannot be read: {why}")]
    Malformed {
        /// What.
        what: String,
        /// Why.
        why: String,
    },
    /// It is something else than a module.
    #[error("{what} is no module: {why}")]
    NotAModule {
        /// What.
        what: String,
        /// What it is instead.
        why: String,
    },
    /// It is not what was asked for.
    #[error("{what} has the digest {found} and not {expected}: it is not what was asked for, or was changed")]
    Mismatch {
        /// What.
        what: String,
        /// The digest that it should have.
        expected: Digest,
        /// The digest that it has.
        found: Digest,
    },
    /// It is longer or shorter than it should be.
    #[error("{what} has {found} bytes and not {expected}: it is not what was asked for, or was changed")]
    OtherSize {
        /// What.
        what: String,
        /// Its length by what names it.
        expected: u64,
        /// Its length.
        found: u64,
    },
    /// A file cannot be read or written.
    #[error("cannot {verb} {}: {error}", path.display())]
    File {
        /// What was tried.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file that credentials stand in.
    #[error("{}: {why}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A program that keeps credentials.
    #[error("the credential helper {program}: {why}")]
    Helper {
        /// The program.
        program: String,
        /// Why it gave none.
        why: String,
    },
    /// A component that cannot be described.
    #[error("cannot list what {module} is made of: {why}")]
    Sbom {
        /// The module.
        module: String,
        /// Why.
        why: String,
    },
}

impl RegistryError {
    /// Whether a promise is broken: something is not what its digest says.
    #[must_use]
    pub const fn breaks(&self) -> bool {
        matches!(self, Self::Mismatch { .. } | Self::OtherSize { .. })
    }
}
