//! What a service can be asked about samples of its decisions.

use ureq::http::StatusCode;

use super::RemoteError;
use super::asking::{Question, Service};
use crate::audit::{AuditReport, Month, RecordedFinding, WrittenCheck, WrittenNext, WrittenSample};
use crate::web::{NewFinding, WantedSample};

/// The end of an address that names a sample; the newest one, if none is named.
fn of(sample: Option<u64>) -> String {
    sample.map_or_else(String::new, |seq| format!("?sample={seq}"))
}

impl Service {
    /// Draws a sample and has it recorded.
    pub(crate) fn draw_sample(&self, wanted: &WantedSample) -> Result<WrittenSample, RemoteError> {
        self.act(&Question::post("/v1/audits/samples", wanted))
    }

    /// Has a sample drawn again.
    pub(crate) fn sample_check(&self, sample: Option<u64>) -> Result<WrittenCheck, RemoteError> {
        self.read(&format!("/v1/audits/verification{}", of(sample)))
    }

    /// What is to be looked at next.
    pub(crate) fn next_to_audit(&self, sample: Option<u64>) -> Result<WrittenNext, RemoteError> {
        self.read(&format!("/v1/audits/next{}", of(sample)))
    }

    /// Records what somebody found.
    pub(crate) fn record_finding(&self, found: &NewFinding) -> Result<RecordedFinding, RemoteError> {
        let recorded: RecordedFinding = self.act(&Question::post("/v1/audits/findings", found))?;
        let same = recorded.id == found.id && recorded.finding == found.finding;
        if same { Ok(recorded) } else { Err(self.strange("it recorded another finding", StatusCode::OK)) }
    }

    /// What an audit found: of the sample that is named, or of a month's.
    pub(crate) fn audit_report(&self, sample: Option<u64>, month: Option<Month>) -> Result<AuditReport, RemoteError> {
        let which = month.map_or_else(|| of(sample), |month| format!("?month={month}"));
        self.read(&format!("/v1/audits/report{which}"))
    }
}
