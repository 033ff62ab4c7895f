//! What a service can be asked about the personal values that its ledger keeps.

use ureq::http::StatusCode;

use super::RemoteError;
use super::asking::{Question, Service, part};
use crate::runtime::{Held, Released, WrittenHold};
use crate::web::{Erasure, Expired, Holds, Reason, WantedErasure, WantedHold};

/// What a service is asked that only wants to know.
const DRY_RUN: &str = "?dry_run=true";

impl Service {
    /// Destroys the values of one record, or says what would be destroyed.
    pub(crate) fn erase(&self, wanted: &WantedErasure, dry_run: bool) -> Result<Erasure, RemoteError> {
        let path = format!("/v1/ledger/erasures{}", if dry_run { DRY_RUN } else { "" });
        let erasure: Erasure = self.act(&Question::post(&path, wanted))?;
        if matches!(erasure, Erasure::Would(_)) == dry_run { Ok(erasure) } else { Err(self.did_something_else()) }
    }

    /// Destroys the values whose time is over, or says which those are.
    pub(crate) fn expire(&self, dry_run: bool) -> Result<Expired, RemoteError> {
        let path = format!("/v1/ledger/expirations{}", if dry_run { DRY_RUN } else { "" });
        let expired: Expired = self.act(&Question { method: "POST", path: &path, body: None })?;
        let as_asked = expired.dry_run == dry_run && expired.destroyed.is_none() == dry_run;
        if as_asked { Ok(expired) } else { Err(self.did_something_else()) }
    }

    /// The holds in force.
    pub(crate) fn holds(&self) -> Result<Vec<WrittenHold>, RemoteError> {
        let Holds { holds } = self.read("/v1/ledger/holds")?;
        Ok(holds)
    }

    /// Puts a record on hold, or everything.
    pub(crate) fn hold(&self, wanted: &WantedHold) -> Result<Held, RemoteError> {
        self.act(&Question::post("/v1/ledger/holds", wanted))
    }

    /// Ends a hold.
    pub(crate) fn release(&self, hold: u64, reason: &Reason) -> Result<Released, RemoteError> {
        let path = format!("/v1/ledger/holds/{hold}?reason={}", part(reason.text()));
        let released: Released = self.act(&Question::delete(&path))?;
        if released.hold == hold { Ok(released) } else { Err(self.did_something_else()) }
    }

    fn did_something_else(&self) -> RemoteError {
        self.strange("it says that it did something else than it was asked for", StatusCode::OK)
    }
}
