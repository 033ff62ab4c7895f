//! Signing people in at an issuer that a deployment trusts, by OIDC: the authorization code flow with PKCE.
//!
//! `LOGIN.md` beside this file says how to set it up and what is checked. All that is asked over the network waits, so callers
//! use threads that may. Nothing here keeps a session: whoever is let in is handed back to the caller.

mod address;
mod ask;
mod callback;
mod error;
mod flow;
mod issuer;
mod pending;
mod person;
mod places;
mod protocol;
mod secret;
mod settings;

pub use address::{Issuer, OwnAddress};
pub use error::{LoginError, SetupError};
pub use flow::{Begun, CALLBACK, Login};
pub use pending::{Handle, PATIENCE};
pub use settings::{Granted, Settings};
