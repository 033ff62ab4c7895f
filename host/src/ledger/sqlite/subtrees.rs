//! The roots of complete subtrees: kept as the tree grows, and read for proofs and tiles.

use std::ops::Range;

use rusqlite::{Connection, params};

use super::{Ledger, fail, signed};
use crate::ledger::subtrees::HEIGHT;
use crate::ledger::{Digest, Frontier, LedgerError, Subtrees, root_over, tiles};

impl Subtrees for Ledger {
    type Error = LedgerError;

    fn roots(&self, level: u32, numbers: Range<u64>) -> Result<Vec<Digest>, LedgerError> {
        let sql = match level {
            // The level stands in both, so that both take the same parameters.
            0 => "SELECT leaf FROM event WHERE seq >= ?1 AND seq < ?2 AND ?3 = 0 ORDER BY seq",
            _ => "SELECT root FROM subtree WHERE number >= ?1 AND number < ?2 AND level = ?3 ORDER BY number",
        };
        let (first, end) = (signed(numbers.start), signed(numbers.end));
        let found: Vec<Digest> = self.select(sql, params![first, end, level], |ledger, row| {
            row.get::<_, [u8; 32]>(0).map(Digest::from).map_err(|error| ledger.unreadable(error))
        })?;
        if u64::try_from(found.len()) == Ok(numbers.end.saturating_sub(numbers.start)) {
            return Ok(found);
        }
        let what = format!("hashes {first} to {end} of level {level} of the tree are not all there");
        Err(fail::corrupt(&self.path, what))
    }
}

impl Ledger {
    /// The root over the first `size` events, computed from a few of the tree's hashes. The hashes are those that stand in
    /// the ledger: only [`verify`](Self::verify) computes them again from the events.
    ///
    /// # Errors
    /// [`LedgerError::Corrupt`] if there are fewer events.
    pub fn root_at(&self, size: u64) -> Result<Digest, LedgerError> {
        root_over(self, 0..size)
    }
}

/// The subtrees of the levels that are kept which a leaf completes: level, number and root.
pub(super) fn completed(tree: &mut Frontier, leaf: Digest) -> Vec<(u32, u64, Digest)> {
    let mut roots = Vec::new();
    tree.push_and_tell(leaf, |height, root| {
        if height.is_multiple_of(HEIGHT) {
            roots.push((height / HEIGHT, root));
        }
    });
    let size = tree.size();
    roots.into_iter().map(|(level, root)| (level, tiles::complete(size, level).saturating_sub(1), root)).collect()
}

/// Adds a leaf to the tree, and keeps the subtrees that it completes.
pub(super) fn push(conn: &Connection, tree: &mut Frontier, leaf: Digest) -> rusqlite::Result<()> {
    for (level, number, root) in completed(tree, leaf) {
        let mut keep = conn.prepare_cached("INSERT INTO subtree (level, number, root) VALUES (?1, ?2, ?3)")?;
        keep.execute(params![level, signed(number), root.as_bytes()])?;
    }
    Ok(())
}
