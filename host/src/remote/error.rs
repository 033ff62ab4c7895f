//! Why a service did not do what it was asked.

use std::fmt;
use std::time::Duration;

use crate::outbound::{Lost, OutboundError};
use crate::web::{Code, WrittenProblem};
use crate::words::plain;

use super::Secret;

/// How much of what a service says of a problem is shown, in characters.
const SHOWN: usize = 1_000;

/// Why a service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    /// An address with something behind it that is no part of a service's address.
    #[error("`{0}` is no service's address: write it without a question mark, such as https://countersign.example.com")]
    Address(String),
    /// The client cannot be made.
    #[error(transparent)]
    Client(OutboundError),
    /// A request that cannot be written.
    #[error("the request cannot be written: {0}")]
    Request(ureq::http::Error),
    /// No answer came, or not all of it.
    #[error("{service}: {error}")]
    NoAnswer {
        /// Its address.
        service: String,
        /// Why.
        error: OutboundError,
    },
    /// The service says what is wrong.
    #[error("{service}: {said}")]
    Said {
        /// Its address.
        service: String,
        /// What it says.
        said: Said,
    },
    /// Whoever asks is sent to another address.
    #[error(
        "{service} sends whoever asks to another address, where no token is sent: name the address of the service itself with \
         --server"
    )]
    Elsewhere {
        /// The address that was asked.
        service: String,
    },
    /// Something else than a service answers.
    #[error("{service} does not answer as this release's service does: {what}")]
    Strange {
        /// The address.
        service: String,
        /// In what way.
        what: String,
        /// The status of the answer.
        status: u16,
    },
}

impl RemoteError {
    /// The problem, if the service named one.
    pub(crate) fn said(&self) -> Option<&Said> {
        if let Self::Said { said, .. } = self { Some(said) } else { None }
    }

    /// Whether to ask again could help. `met`: whether it answered before; `moved`: whether it did since it was asked.
    pub(super) fn may_pass(&self, met: bool, moved: bool) -> bool {
        match self {
            Self::Said { said, .. } => said.may_pass(),
            Self::NoAnswer { error, .. } => match error.lost() {
                Lost::Broken => true,
                // Whoever was there is perhaps being started again.
                Lost::Absent => met,
                Lost::Late => moved,
                Lost::Other => false,
            },
            // What stands in front of a service that is being started again.
            Self::Strange { status: 502..=504, .. } => met,
            _ => false,
        }
    }

    /// After how long the service wants to be asked again, if it says that.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.said()?.retry_after
    }
}

/// What a service says is wrong (RFC 9457).
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// The code, which programs know it by.
    code: String,
    /// What is wrong, and what to do.
    pub detail: String,
    /// The key that is to blame.
    pub key: Option<String>,
    /// After how long to ask again.
    pub retry_after: Option<Duration>,
}

impl Said {
    /// What stands in a problem, as far as it may be shown.
    pub(super) fn of(problem: &WrittenProblem, retry_after: Option<Duration>, secret: &Secret) -> Self {
        let clean = |text: &str| secret.out_of(&plain(text)).chars().take(SHOWN).collect::<String>();
        Self {
            code: clean(&problem.code),
            detail: clean(&problem.detail),
            key: problem.key.as_deref().map(clean),
            retry_after,
        }
    }

    /// Whether it is the problem with this code.
    pub(crate) fn is(&self, code: Code) -> bool {
        self.code == code.as_str()
    }

    /// Whether it is about one line of many, and says nothing of the others.
    pub(super) fn is_of_a_line(&self) -> bool {
        [Code::Invalid, Code::Conflict, Code::TooLarge].iter().any(|code| self.is(*code))
    }

    /// What is wrong, without the key.
    pub(crate) fn in_brief(&self) -> String {
        format!("{} ({})", self.detail, self.code)
    }

    /// Whether nothing was done, and asking again could help.
    pub(super) fn may_pass(&self) -> bool {
        [Code::Busy, Code::Unavailable, Code::Timeout].iter().any(|code| self.is(*code))
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, detail, key, retry_after } = self;
        match key {
            Some(key) => write!(f, "{detail} ({code}, key `{key}`)")?,
            None => write!(f, "{detail} ({code})")?,
        }
        match retry_after.filter(|after| !after.is_zero()) {
            Some(after) => write!(f, "; come again after {} s", after.as_secs()),
            None => Ok(()),
        }
    }
}
