//! Samples of a month's decisions for people to look at: drawn so that nobody can choose them and anybody can check them,
//! and what the findings say of all decisions. [SAMPLE.md](SAMPLE.md) has the exact terms.

mod clear;
mod differ;
mod draw;
mod error;
mod finding;
mod gather;
mod month;
mod next;
mod render;
mod report;
mod sample;
mod share;
mod strata;
mod stratified;

pub use clear::{ClearDecision, ClearRun, ClearSuggestion};
pub use differ::{Check, WrittenCheck, check};
pub use draw::{Drawing, Seed, Stratum, Terms, draw, order};
pub use error::AuditError;
pub use finding::{Audited, Finding, Findings, Note, RecordedFinding, findings, record_finding};
pub use gather::report;
pub use month::{Month, NotAMonth};
pub use next::{Waiting, WrittenNext, next};
pub use render::{html, markdown, text};
pub use report::{AuditReport, FORMAT, ModuleRow, SampleFacts, SetRow, StratumRow, Tally, Weighted};
pub use sample::{
    Sample, WrittenSample, last_sample, record_sample, sample_at, sample_of_month, sample_with, samples_of_month,
};
pub use share::{NotAShare, Share};
pub use strata::{By, Outcomes};
pub use stratified::stratified;
