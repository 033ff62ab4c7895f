//! A service elsewhere, asked by its API instead of opening a deployment's folder.
//!
//! What answers may not be what it says: how long it takes, how much it says and how often it is asked again is bounded, it is
//! never followed to another address, and nothing that it says moves or colours a terminal.

mod again;
mod asking;
mod audits;
mod calls;
mod canaries;
mod error;
mod incoming;
mod lines;
mod modules;
mod replays;
mod secret;
mod sets;
mod values;

pub(crate) use asking::Service;
pub(crate) use error::{RemoteError, Said};
pub(crate) use lines::{Lines, Sent};
pub(crate) use secret::Secret;
pub(crate) use sets::Intervention;
