//! Countersign decides what may happen to a change that an AI assistant suggests for a CRM record.
//!
//! A room imports only from the rooms above it.

pub mod model;
pub mod sandbox;
pub mod modules;
pub mod pipeline;
pub mod ledger;
pub mod reproduce;
pub mod runtime;
pub mod cli;
