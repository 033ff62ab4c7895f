//! Packs and unpacks rows with the dictionaries that the ledger keeps, and trains them as it grows.

use std::borrow::Cow;
use std::cell::RefCell;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params};

use super::read::{DECISION, Stored, stored};
use super::{Ledger, heads, signed};
use crate::ledger::Digest;
use crate::ledger::codec::{Packer, UnpackError, Unpacker, Values, dictionary_id, shared_by_many, train};
use crate::ledger::record::KEY;

/// How many events there are when the first dictionary is trained, and how many times as many for each further one: what
/// stands in new events changes with the sets and fields in use.
const FIRST: u64 = 256;
const TIMES: u64 = 4;

/// How many decisions a dictionary is trained on, the newest.
const SAMPLE: u64 = 1_000;

/// What is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Entries,
    Values,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Values => "values",
        }
    }
}

/// Unpacks rows; dictionaries are read when a row first names them.
#[derive(Default)]
pub(super) struct Reader(RefCell<Unpacker>);

impl Reader {
    /// The text of a column that holds it as it is or packed.
    pub(super) fn text(&self, conn: &Connection, column: ValueRef<'_>) -> rusqlite::Result<String> {
        let packed = match column {
            ValueRef::Blob(packed) => packed,
            text => return text.as_str().map(str::to_owned).map_err(unusable),
        };
        let mut known = self.0.borrow_mut();
        let text = match known.unpack(packed) {
            Err(UnpackError::Missing(number)) => {
                let mut find = conn.prepare_cached("SELECT bytes FROM dictionary WHERE number = ?1")?;
                let mut rows = find.query([number])?;
                if let Some(row) = rows.next()? {
                    known.add(row.get_ref(0)?.as_blob().map_err(unusable)?);
                }
                known.unpack(packed)
            }
            text => text,
        };
        text.map_err(unusable)
    }
}

/// A column that holds something that cannot be there.
fn unusable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(error))
}

/// What rows are packed with now.
#[derive(Default)]
pub(super) struct Writer {
    entries: Option<Packer>,
    values: Option<Packer>,
    /// How many events there were when the newest dictionaries were trained.
    since: u64,
}

/// A text as it is stored.
pub(super) enum Stowed<'t> {
    Packed(Vec<u8>),
    Plain(&'t str),
}

impl ToSql for Stowed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Packed(packed) => ToSqlOutput::Borrowed(ValueRef::Blob(packed)),
            Self::Plain(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

impl Writer {
    /// The newest dictionaries of the ledger.
    pub(super) fn open(conn: &Connection) -> rusqlite::Result<Self> {
        let mut writer = Self::default();
        let mut all = conn.prepare("SELECT purpose, since, bytes FROM dictionary ORDER BY number")?;
        let mut rows = all.query([])?;
        let mut newest: [Option<Vec<u8>>; 2] = [None, None];
        let [entries, values] = &mut newest;
        while let Some(row) = rows.next()? {
            writer.since = heads::get_u64(row, 1)?;
            let purpose: String = row.get(0)?;
            *(if purpose == Purpose::Entries.as_str() { &mut *entries } else { &mut *values }) = Some(row.get(2)?);
        }
        let [entries, values] = newest;
        writer.entries = entries.map(|bytes| Packer::new(&bytes));
        writer.values = values.map(|bytes| Packer::new(&bytes));
        Ok(writer)
    }

    pub(super) fn entry<'t>(&mut self, text: &'t str) -> Stowed<'t> {
        stow(self.entries.as_mut(), text)
    }

    pub(super) fn values<'t>(&mut self, text: &'t str) -> Stowed<'t> {
        stow(self.values.as_mut(), text)
    }

    /// Whether it is time for new dictionaries.
    fn is_old(&self, events: u64) -> bool {
        events >= if self.since == 0 { FIRST } else { self.since.saturating_mul(TIMES) }
    }
}

fn stow<'t>(packer: Option<&mut Packer>, text: &'t str) -> Stowed<'t> {
    packer.and_then(|packer| packer.pack(text)).map_or(Stowed::Plain(text), Stowed::Packed)
}

impl Ledger {
    /// Trains new dictionaries if the ledger has grown enough since the last ones.
    ///
    /// Nothing depends on them but how much room new rows take: whatever fails here, rows are stored as before.
    pub(super) fn train_if_due(&mut self) {
        let events = self.frontier.size();
        if !self.writer.is_old(events) {
            return;
        }
        if let Err(error) = self.train(events) {
            tracing::warn!(path = %self.path.display(), %error, "no new dictionary was trained; rows take more room");
            // Not again at each group.
            self.writer.since = events;
        }
    }

    fn train(&mut self, events: u64) -> rusqlite::Result<()> {
        let path = self.path.clone();
        let tx = self.conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let current = Writer::open(&tx)?;
        // Another process may have been faster.
        if !current.is_old(events) {
            tx.commit()?;
            self.writer = current;
            return Ok(());
        }
        let sample = sample(&tx, &self.reader)?;
        let entries: Vec<Cow<'_, str>> = sample.iter().map(|(stored, _)| Cow::from(stored.entry.as_str())).collect();
        let values: Vec<Values<'_>> = sample
            .iter()
            .filter_map(|(stored, record)| Some(Values { record: *record, text: &stored.opening.as_ref()?.1 }))
            .collect();
        for (purpose, texts) in [(Purpose::Entries, entries), (Purpose::Values, shared_by_many(&values))] {
            let number: u32 =
                tx.query_row("SELECT coalesce(max(number), 0) + 1 FROM dictionary", [], |row| row.get(0))?;
            let Some(bytes) = train(&texts, number) else { continue };
            tx.execute(
                "INSERT INTO dictionary (number, purpose, since, digest, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![number, purpose.as_str(), signed(events), Digest::of(&bytes).as_bytes(), bytes],
            )?;
        }
        let mut writer = Writer::open(&tx)?;
        tx.commit()?;
        tracing::debug!(path = %path.display(), events, "trained dictionaries");
        writer.since = events;
        self.writer = writer;
        Ok(())
    }
}

/// The newest decisions whose values still exist, and the records that they are about.
fn sample(conn: &Connection, reader: &Reader) -> rusqlite::Result<Vec<(Stored, [u8; KEY])>> {
    let mut newest =
        conn.prepare(&format!("SELECT {DECISION} WHERE d.record IS NOT NULL ORDER BY d.seq DESC LIMIT ?1"))?;
    let mut rows = newest.query([signed(SAMPLE)])?;
    let mut sample = Vec::new();
    while let Some(row) = rows.next()? {
        sample.push((stored(conn, reader, row)?, row.get(6)?));
    }
    Ok(sample)
}

/// Whether the bytes of a dictionary are those that its row names.
pub(super) fn holds(number: u32, digest: &Digest, bytes: &[u8]) -> bool {
    Digest::of(bytes) == *digest && dictionary_id(bytes) == Some(number)
}
