//! Holds every kept root of a subtree against the tree as it grows.

use rusqlite::{Connection, OptionalExtension, params};

use super::unreadable;
use crate::ledger::sqlite::violation::Violation;
use crate::ledger::sqlite::{signed, subtrees};
use crate::ledger::subtrees::HEIGHT;
use crate::ledger::{Digest, Frontier};

/// Adds a leaf to the tree, and checks what is kept of the subtrees that it completes. Returns how many they are.
pub(super) fn push(conn: &Connection, tree: &mut Frontier, leaf: Digest) -> Result<u64, Violation> {
    let mut met = 0;
    for (level, number, root) in subtrees::completed(tree, leaf) {
        let first = number << (level * HEIGHT);
        let failed = |error| unreadable(Some(first), &error);
        let kept: Option<[u8; 32]> = conn
            .prepare_cached("SELECT root FROM subtree WHERE level = ?1 AND number = ?2")
            .and_then(|mut kept| kept.query_row(params![level, signed(number)], |row| row.get(0)).optional())
            .map_err(failed)?;
        let which = |wrong| format!("the root over it and the events up to {} {wrong}", tree.size() - 1);
        match kept.map(Digest::from) {
            Some(kept) if kept == root => met += 1,
            Some(kept) => return Err(Violation::differs(Some(first), which("was changed"), root, kept)),
            None => return Err(Violation::new(Some(first), which("is missing"))),
        }
    }
    Ok(met)
}
