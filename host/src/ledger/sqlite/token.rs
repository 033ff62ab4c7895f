//! The tokens that were not revoked.

use super::{Ledger, fail, heads};
use crate::ledger::{Digest, LedgerError, TokenOnRecord};

impl Ledger {
    /// The tokens that were not revoked, oldest first. Some may have expired.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn tokens(&self) -> Result<Vec<TokenOnRecord>, LedgerError> {
        let seqs = self.select("SELECT seq FROM token ORDER BY seq", [], |ledger, row| {
            heads::get_u64(row, 0).map_err(|error| ledger.unreadable(error))
        })?;
        seqs.into_iter().map(|seq| self.token(seq)).collect()
    }

    /// The number of the token whose text has this digest, unless it was revoked or never was.
    ///
    /// # Errors
    /// If it cannot be looked up.
    pub fn token_number(&self, digest: &Digest) -> Result<Option<u64>, LedgerError> {
        let found = self.select("SELECT seq FROM token WHERE digest = ?1", [digest.as_bytes()], |ledger, row| {
            heads::get_u64(row, 0).map_err(|error| ledger.unreadable(error))
        })?;
        Ok(found.first().copied())
    }

    /// What is on record of a token that [was not revoked](Self::token_number).
    ///
    /// # Errors
    /// If that cannot be read.
    pub fn token(&self, number: u64) -> Result<TokenOnRecord, LedgerError> {
        let token = self.event(number)?.and_then(TokenOnRecord::read);
        token.ok_or_else(|| fail::corrupt(&self.path, format!("event {number} is a token, but cannot be read")))
    }
}
