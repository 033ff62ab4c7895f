//! `countersign ledger verify --since` through a service: what it proves about its ledger, verified here.

use std::path::Path;

use anyhow::Context;

use super::verify::{Verified, text};
use crate::ledger::{Checkpoint, Head, VerifierKey, begins_with};
use crate::remote::Service;

/// Verifies that a service's ledger begins with what a checkpoint covers that was kept. The service is believed in nothing: it
/// must have signed its newest head with the key, and prove the rest.
pub(super) fn through(service: &Service, file: &Path, key: &VerifierKey) -> anyhow::Result<Verified> {
    let kept = Checkpoint::open(&text(file)?, key).with_context(|| format!("{} was not accepted", file.display()))?;
    let signed = |note: &str| -> anyhow::Result<Head> {
        let opened = Checkpoint::open(note, key);
        Ok(opened.with_context(|| format!("{} signed no checkpoint with this key", service.address()))?.head)
    };
    let newest = signed(&service.checkpoint()?)?;
    let (head, proof) = if kept.head.size > newest.size {
        // There is nothing that it could prove.
        (newest, Vec::new())
    } else {
        // More may be on record by now: the proof comes with the head that it is for.
        let found = service.consistency(kept.head.size)?;
        (signed(&found.checkpoint)?, found.proof)
    };
    begins_with(&kept.head, &head, &proof).with_context(|| format!("the ledger of {}", service.address()))?;
    Ok(Verified { head, counted: None, since: Some((kept, true)) })
}
