//! Countersign decides what may happen to a change that an AI assistant suggests for a CRM record.
//!
//! A room imports only from the rooms above it.

pub mod access;
pub mod audit;
pub mod authoring;
pub mod cli;
pub mod ledger;
pub mod login;
pub mod mcp;
pub mod model;
pub mod modules;
pub mod notify;
pub mod outbound;
pub mod pipeline;
pub mod registry;
mod remote;
pub mod replay;
pub mod reproduce;
pub mod rollout;
pub mod runtime;
pub mod sandbox;
pub mod signature;
pub mod traces;
pub mod web;
mod words;
