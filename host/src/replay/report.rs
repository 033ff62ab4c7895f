//! What a replay found: everything that reports show, and that the reports of shards are merged by.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::counts::{Counts, Dimension};
use super::figures::{Figure, figures};

/// The version of the report's form.
pub const FORMAT: u32 = 1;

/// A replay's report. Its JSON form is published by `countersign schema replay`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The version of this form, 1.
    pub format: u32,
    /// What was replayed, and against what: equal in all shards of one run.
    pub run: Run,
    /// Which part of the history this is.
    pub extent: Extent,
    /// All that was counted.
    pub counts: Counts,
    /// The figures that budgets are about, computed from the counts; null where one cannot be computed.
    pub figures: BTreeMap<String, Option<Figure>>,
}

/// What was replayed, and against what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The set under test.
    pub candidate: SetName,
    /// What it is compared with.
    pub baseline: Baseline,
    /// Where the suggestions come from.
    pub history: History,
    /// The conditions that select them, as on the command line.
    pub selection: Vec<String>,
    /// The digest of the catalogue that the candidate judged by; null if it was the recorded one of each decision.
    pub catalogue: Option<String>,
    /// The engine's version and the fingerprint of its configuration.
    pub engine: String,
    /// Which share of the reused answers was computed again all the same, in millionths; null if nothing was reused.
    pub recheck_ppm: Option<u32>,
}

/// The name of a set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetName {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest of its lock.
    pub digest: String,
}

impl From<&crate::model::SetRef> for SetName {
    fn from(set: &crate::model::SetRef) -> Self {
        Self { name: set.name.clone(), version: set.version.clone(), digest: set.digest.to_string() }
    }
}

/// What the candidate is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// The decisions as they are on record.
    Recorded,
    /// Another set, run over the same suggestions.
    Set(SetName),
}

/// Where suggestions come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum History {
    /// A ledger, as it stood when it had so many events.
    Ledger {
        /// Its random identity, hexadecimal.
        log: String,
        /// How many events it had.
        events: u64,
    },
    /// A file.
    File {
        /// The digest of its content.
        digest: String,
        /// The digest of the labels' content; null if there were none.
        labels: Option<String>,
    },
}

/// Which part of the history a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// Which shard, from 1.
    pub shard: u32,
    /// Of how many.
    pub of: u32,
    /// Whether the run went to its end; if it was interrupted, later suggestions are missing.
    pub complete: bool,
}

impl Report {
    /// A report with its figures.
    #[must_use]
    pub fn new(run: Run, extent: Extent, counts: Counts) -> Self {
        let figures = figures(&counts);
        Self { format: FORMAT, run, extent, counts, figures }
    }

    /// Whether nothing of the history was selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.all.suggestions() == 0 && self.counts.not_replayable.is_empty()
    }

    /// Takes out what is told apart by segments: they are among the personal values of suggestions.
    pub fn withhold(&mut self) {
        self.counts.by.remove(&Dimension::Segment);
    }

    /// The JSON text, the same for the same counts.
    ///
    /// # Errors
    /// None that a report can cause.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}
