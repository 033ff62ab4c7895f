//! What a module said of one input.

use serde::Serialize;

use crate::model::{Fault, Finding, Verdict};

/// What a module said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A policy's verdict.
    Verdict(Verdict),
    /// A validator's findings.
    Findings(Vec<Finding>),
    /// It gave no answer.
    Fault(Fault),
    /// It does not apply here, so the host does not call it.
    NotCalled,
}

impl Said {
    /// The codes in it.
    #[must_use]
    pub fn codes(&self) -> Vec<&str> {
        match self {
            Self::Verdict(verdict) => verdict.reasons.iter().map(|reason| reason.code.as_str()).collect(),
            Self::Findings(findings) => findings.iter().map(|finding| finding.code.as_str()).collect(),
            Self::Fault(_) | Self::NotCalled => Vec::new(),
        }
    }
}

/// What a module said, with what the call took and left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What it said.
    pub said: Said,
    /// The fuel of the call.
    pub fuel: u64,
    /// What it logged.
    pub log: Option<String>,
}

/// The JSON form of what is compared, for people to read.
pub(super) fn shown<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
