//! What a service can be asked about the set that is tried on a part of the records.

use super::RemoteError;
use super::asking::{Question, Service};
use crate::rollout::{Canary, EndedCanary};
use crate::runtime::{CanaryReport, Promotion};
use crate::web::{Canaries, Reason, WantedCanary, WhyIntervene};

impl Service {
    /// What the gates say of the set that is tried, if there is one.
    pub(crate) fn canary(&self) -> Result<Option<CanaryReport>, RemoteError> {
        let Canaries { canaries } = self.read("/v1/canaries")?;
        Ok(canaries.into_iter().next())
    }

    /// Tries an approved set.
    pub(crate) fn begin_canary(&self, wanted: &WantedCanary) -> Result<Canary, RemoteError> {
        self.act(&Question::post("/v1/canaries", wanted))
    }

    /// Brings it on to its next step.
    pub(crate) fn promote(&self, reason: Reason) -> Result<Promotion, RemoteError> {
        self.act(&Question::post("/v1/canaries/promote", &WhyIntervene { reason }))
    }

    /// Ends it.
    pub(crate) fn end_canary(&self, reason: Reason) -> Result<EndedCanary, RemoteError> {
        self.act(&Question::post("/v1/canaries/end", &WhyIntervene { reason }))
    }
}
