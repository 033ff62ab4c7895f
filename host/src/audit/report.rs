//! What an audit found: everything that its reports show.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{By, Finding, Share};
use crate::replay::{Estimate, Rate};

/// The version of the report's form.
pub const FORMAT: u32 = 1;

/// An audit's report. Its JSON form is published by `countersign schema audit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditReport {
    /// The version of this form, 1.
    pub format: u32,
    /// Which sample.
    pub sample: SampleFacts,
    /// How many decisions it was drawn from.
    pub population: u64,
    /// How many were drawn.
    pub drawn: u64,
    /// How many of these nobody has looked at yet.
    pub open: u64,
    /// What was found about the others.
    pub findings: Tally,
    /// The error rate of all decisions that the sample was drawn from, with each stratum weighted by its size; null if
    /// nothing is known. SAMPLE.md says how its interval is computed.
    pub estimate: Option<Weighted>,
    /// The strata, the largest first.
    pub strata: Vec<StratumRow>,
    /// The sets that made the audited decisions, those with the most findings first.
    pub sets: Vec<SetRow>,
    /// The modules that were called for the audited decisions, those with the most findings first. A decision counts for
    /// each module that was called for it.
    pub modules: Vec<ModuleRow>,
}

/// Which sample a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleFacts {
    /// The ledger's random identity, hexadecimal.
    pub log: String,
    /// The sample's event.
    pub event: u64,
    /// When it was recorded, RFC 3339.
    pub at: String,
    /// The month, such as 2026-10.
    pub month: String,
    /// The share that was drawn of each stratum, in millionths.
    pub rate_ppm: Share,
    /// What strata differ by.
    pub by: Vec<By>,
    /// The outcome of the decisions that it was drawn from, or `all`.
    pub outcome: String,
    /// How many events the seed covers.
    pub seed_size: u64,
    /// The root over them, which is the seed.
    pub seed_root: String,
}

/// What was found about some decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FindingTally")]
pub struct Tally {
    /// The suggestion was right.
    pub right: u64,
    /// It was wrong.
    pub wrong: u64,
    /// Nobody can tell. These count for no rate.
    pub unclear: u64,
}

impl Tally {
    /// Counts one finding.
    pub fn count(&mut self, finding: Finding) {
        match finding {
            Finding::Right => self.right += 1,
            Finding::Wrong => self.wrong += 1,
            Finding::Unclear => self.unclear += 1,
        }
    }

    /// Wrong ones, of those that are known to be right or wrong.
    #[must_use]
    pub const fn error(&self) -> Rate {
        Rate { count: self.wrong, of: self.right + self.wrong }
    }

    /// All of them.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.right + self.wrong + self.unclear
    }
}

/// A rate with its interval at 95 %, from strata weighted by their size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    /// The rate, from 0 to 1.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
    /// How many decisions the strata have in which something is known: the estimate is about these.
    pub covered: u64,
}

/// One stratum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StratumRow {
    /// Its name: a part for each of what strata differ by.
    pub stratum: Vec<String>,
    /// How many decisions are in it.
    pub population: u64,
    /// How many were drawn.
    pub drawn: u64,
    /// What was found.
    pub findings: Tally,
    /// The error rate with its Wilson interval; null if nothing is known.
    pub error: Option<Estimate>,
}

/// One version of a set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRow {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its lock.
    pub digest: String,
    /// What was found about its decisions.
    pub findings: Tally,
    /// The error rate with its Wilson interval; null if nothing is known.
    pub error: Option<Estimate>,
}

/// One version of a module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleRow {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its component.
    pub digest: String,
    /// What was found about the decisions in which it was called.
    pub findings: Tally,
    /// The error rate with its Wilson interval; null if nothing is known.
    pub error: Option<Estimate>,
}

impl AuditReport {
    /// The JSON text.
    ///
    /// # Errors
    /// None that a report can cause.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
