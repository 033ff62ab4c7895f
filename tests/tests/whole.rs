//! The promises of the whole, held by the real program with real files. They are one test binary, because each is linked with
//! the whole host: `cargo test --test whole canary::` runs those of one file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod assistants;
mod audits;
mod backup;
mod bad_input;
mod bit_flips;
mod canary;
mod commands;
mod crash;
mod demo;
mod erasure;
mod evaluate;
mod export;
mod faults;
mod frozen;
mod fuel;
mod fuzzed;
mod guide;
mod hostile;
mod languages;
mod least_data;
mod login;
mod malformed;
mod operations;
mod pages;
mod policy_commands;
mod proofs;
mod pure;
mod receivers;
mod registry;
mod released;
mod remote;
mod remote_commands;
mod remote_failures;
mod replay;
mod retention;
mod rooms;
mod rules;
mod sdks;
mod service;
mod service_access;
mod service_attacks;
mod service_audits;
mod service_canary;
mod service_faults;
mod service_ledger;
mod service_life;
mod service_listing;
mod service_login;
mod service_modules;
mod service_replays;
mod service_reports;
mod service_sets;
mod service_tricks;
mod service_values;
mod sets;
mod shadow;
mod signatures;
mod tampering;
mod traces;
mod unsnapshotted;
mod webhooks;
