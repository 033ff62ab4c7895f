//! Why nobody is signed in. What people are shown tells an attacker nothing; the log says more, but never a code, a token, a
//! secret or a claim.

use std::error::Error;
use std::path::PathBuf;

use crate::outbound::OutboundError;

/// Why people cannot sign in at this deployment.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The client's secret cannot be used.
    #[error("the client's secret in {} cannot be used: {why}", path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The issuer cannot be asked.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

/// Why somebody is not signed in. The text is for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// There is no such sign-in, or the callback is not its own: forged, replayed, of another browser, or too late.
    #[error(
        "this sign-in cannot be finished: it took too long, is finished, or began in another browser; sign in again"
    )]
    Over,
    /// The issuer says no.
    #[error("you were not signed in where you were asked to; sign in again")]
    Denied,
    /// What the issuer says of somebody does not hold.
    #[error("who you are could not be verified; whoever runs this service finds in its log why")]
    Unverified,
    /// The issuer knows them, and they are nothing here.
    #[error("none of your groups has a role here; ask whoever runs this service")]
    NoRole,
    /// The issuer does not answer as it should.
    #[error("nobody can be signed in at the moment: try again in a minute; the service's log says why")]
    Unavailable,
    /// Too many are signing in.
    #[error("many people are signing in: try again in some seconds")]
    Busy,
}

/// The longest text of an error that is logged, in bytes.
const LONGEST: usize = 500;

/// An error with what is behind it, on one line, for the log.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}
