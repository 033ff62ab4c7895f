//! What the end-to-end tests share: the built program, and guests made from text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

pub mod browser;
pub mod canary;
pub mod chance;
pub mod corpus;
pub mod cutting;
pub mod disk;
pub mod guest;
pub mod inputs;
pub mod issuer;
pub mod past;
mod program;
pub mod receiver;
pub mod registry;
pub mod said;
pub mod service;
pub mod signer;
pub mod snapshot;
pub mod stranger;
pub mod through;
pub mod toolchain;

pub use program::{Program, Run};
