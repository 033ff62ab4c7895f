//! Holds the tables of state that belong to several events against those events as they pass by.

use std::collections::BTreeMap;

use rusqlite::types::FromSql;
use rusqlite::{Connection, params};

use super::event::Checked;
use super::{check_count, subtrees, unreadable};
use crate::ledger::Frontier;
use crate::ledger::record::KEY;
use crate::ledger::sqlite::heads::get_u64;
use crate::ledger::sqlite::signed;
use crate::ledger::sqlite::violation::Violation;
use crate::ledger::views::Act;

/// How many rows of each table the events account for.
pub(super) struct State<'c> {
    conn: &'c Connection,
    secret: &'c [u8; 32],
    holds: BTreeMap<u64, Option<[u8; KEY]>>,
    tokens: BTreeMap<u64, [u8; 32]>,
    openings: u64,
    decisions: u64,
    follow_ups: u64,
    mentions: u64,
    destroyed: u64,
    subtrees: u64,
}

impl<'c> State<'c> {
    pub(super) fn new(conn: &'c Connection, secret: &'c [u8; 32]) -> Self {
        let (openings, decisions, follow_ups, mentions, destroyed, subtrees) = (0, 0, 0, 0, 0, 0);
        let (holds, tokens) = (BTreeMap::new(), BTreeMap::new());
        Self { conn, secret, holds, tokens, openings, decisions, follow_ups, mentions, destroyed, subtrees }
    }

    /// Takes in the next event, and adds its leaf to the tree.
    pub(super) fn take(&mut self, checked: &Checked, tree: &mut Frontier) -> Result<(), Violation> {
        let seq = tree.size();
        self.openings += u64::from(checked.opening);
        self.decisions += u64::from(checked.views.decision.is_some());
        self.follow_ups += u64::from(checked.views.follow_up.is_some());
        if !checked.destroyed {
            self.check_mentions(seq, checked)?;
        }
        match &checked.views.act {
            Some(Act::Hold(record)) => {
                self.holds.insert(seq, record.as_ref().and_then(|record| record.key(self.secret)));
            }
            Some(Act::Release(hold)) => {
                self.holds.remove(hold);
            }
            Some(Act::Admit(digest)) => {
                self.tokens.insert(seq, *digest.as_bytes());
            }
            Some(Act::Revoke(token)) => {
                self.tokens.remove(token);
            }
            Some(Act::Destroy(events)) => self.check_destroyed(seq, events)?,
            None => {}
        }
        self.subtrees += subtrees::push(self.conn, tree, checked.leaf)?;
        Ok(())
    }

    fn check_mentions(&mut self, seq: u64, checked: &Checked) -> Result<(), Violation> {
        let mut keys: Vec<_> = checked.views.mentions.iter().map(|record| record.key(self.secret)).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let found = self
                .conn
                .prepare_cached("SELECT 1 FROM mention WHERE record = ?1 AND seq = ?2")
                .and_then(|mut find| find.exists(params![key, signed(seq)]))
                .map_err(|error| unreadable(Some(seq), &error))?;
            if !found {
                return Err(Violation::new(Some(seq), "a record that it is about is missing in the view of mentions"));
            }
            self.mentions += 1;
        }
        Ok(())
    }

    fn check_destroyed(&mut self, seq: u64, events: &[u64]) -> Result<(), Violation> {
        let read = || -> rusqlite::Result<Vec<u64>> {
            let mut all = self.conn.prepare_cached("SELECT seq FROM destroyed WHERE by = ?1 ORDER BY seq")?;
            let seqs = all.query_map([signed(seq)], |row| get_u64(row, 0))?;
            seqs.collect()
        };
        if read().map_err(|error| unreadable(Some(seq), &error))? != events {
            let what = "the events whose values it destroyed differ from the view of what was destroyed";
            return Err(Violation::new(Some(seq), what));
        }
        self.destroyed += events.len() as u64;
        Ok(())
    }

    /// After the last event: no table has rows beside those that were met.
    pub(super) fn finish(&self) -> Result<(), Violation> {
        check_count(self.conn, "opening", self.openings)?;
        check_count(self.conn, "decision", self.decisions)?;
        check_count(self.conn, "follow_up", self.follow_ups)?;
        check_count(self.conn, "mention", self.mentions)?;
        check_count(self.conn, "destroyed", self.destroyed)?;
        check_count(self.conn, "subtree", self.subtrees)?;
        if self.in_force("SELECT seq, record FROM hold")? != self.holds {
            return Err(Violation::new(None, "the table `hold` differs from the holds that are in force"));
        }
        if self.in_force("SELECT seq, digest FROM token")? != self.tokens {
            return Err(Violation::new(None, "the table `token` differs from the tokens that were not revoked"));
        }
        Ok(())
    }

    /// The rows of a table of what is in force, by the event that began it.
    fn in_force<T: FromSql>(&self, sql: &str) -> Result<BTreeMap<u64, T>, Violation> {
        let read = || -> rusqlite::Result<BTreeMap<u64, T>> {
            let mut all = self.conn.prepare(sql)?;
            let rows = all.query_map([], |row| Ok((get_u64(row, 0)?, row.get(1)?)))?;
            rows.collect()
        };
        read().map_err(|error| unreadable(None, &error))
    }
}
