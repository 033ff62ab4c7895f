//! The legal holds in force.

use super::{Ledger, fail, heads};
use crate::ledger::{HoldInForce, LedgerError};

impl Ledger {
    /// The holds in force, oldest first.
    pub fn holds(&self) -> Result<Vec<HoldInForce>, LedgerError> {
        let seqs = self.select("SELECT seq FROM hold ORDER BY seq", [], |ledger, row| {
            heads::get_u64(row, 0).map_err(|error| ledger.unreadable(error))
        })?;
        let holds = seqs.into_iter().map(|seq| {
            let hold = self.event(seq)?.and_then(|event| HoldInForce::read(&event));
            hold.ok_or_else(|| fail::corrupt(&self.path, format!("event {seq} is a hold in force, but cannot be read")))
        });
        holds.collect()
    }
}
