//! Packs and unpacks rows with the dictionaries that the ledger keeps, and trains them as it grows.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params};

use super::read::{DECISION, Stored, stored};
use super::{Ledger, heads, signed};
use crate::ledger::codec::{Packer, UnpackError, Unpacker, Values, dictionary_id, shared_by_many, train};
use crate::ledger::record::KEY;
use crate::ledger::{Digest, LedgerError};

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

/// What new rows of a ledger are packed with: handed to the threads that prepare events, so that the one that writes only
/// writes.
#[derive(Clone, Default)]
pub struct Packing(Arc<Packers>);

#[derive(Default)]
struct Packers {
    log_id: [u8; 16],
    entries: Option<Packer>,
    values: Option<Packer>,
    /// How many events there were when the newest dictionaries were trained.
    since: u64,
    /// The number of the newest one; 0 if there is none.
    newest: u32,
}

/// The texts of an event as they are stored, and the ledger whose dictionaries they are packed with.
#[derive(Clone)]
pub(in crate::ledger) struct Packed {
    log_id: [u8; 16],
    entry: Option<Vec<u8>>,
    values: Option<Vec<u8>>,
}

/// A text as it is stored.
pub(super) enum Stowed<'t> {
    Packed(&'t [u8]),
    Plain(&'t str),
}

impl ToSql for Stowed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Packed(packed) => ValueRef::Blob(packed),
            Self::Plain(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl<'t> Stowed<'t> {
    fn of(packed: Option<&'t Vec<u8>>, text: &'t str) -> Self {
        packed.map_or(Self::Plain(text), |packed| Self::Packed(packed))
    }
}

impl Packed {
    pub(super) fn entry<'t>(&'t self, text: &'t str) -> Stowed<'t> {
        Stowed::of(self.entry.as_ref(), text)
    }

    pub(super) fn values<'t>(&'t self, text: &'t str) -> Stowed<'t> {
        Stowed::of(self.values.as_ref(), text)
    }
}

impl Packing {
    /// The newest dictionaries of a ledger.
    pub(super) fn open(conn: &Connection, log_id: [u8; 16]) -> rusqlite::Result<Self> {
        let mut packers = Packers { log_id, ..Packers::default() };
        let mut all = conn.prepare("SELECT purpose, since, bytes, number FROM dictionary ORDER BY number")?;
        let mut rows = all.query([])?;
        let (mut entries, mut values) = (None, None);
        while let Some(row) = rows.next()? {
            packers.since = heads::get_u64(row, 1)?;
            packers.newest = row.get(3)?;
            let purpose: String = row.get(0)?;
            let newest = if purpose == Purpose::Entries.as_str() { &mut entries } else { &mut values };
            *newest = Some(row.get::<_, Vec<u8>>(2)?);
        }
        packers.entries = entries.map(|bytes| Packer::new(&bytes));
        packers.values = values.map(|bytes| Packer::new(&bytes));
        Ok(Self(Arc::new(packers)))
    }

    /// The texts of an event, packed.
    pub(in crate::ledger) fn pack(&self, entry: &str, values: Option<&str>) -> Packed {
        let Packers { log_id, entries, values: of_values, .. } = &*self.0;
        Packed {
            log_id: *log_id,
            entry: entries.as_ref().and_then(|packer| packer.pack(entry)),
            values: of_values.as_ref().zip(values).and_then(|(packer, values)| packer.pack(values)),
        }
    }

    /// Whether texts were packed with dictionaries of this ledger: those are there for good.
    pub(super) fn knows(&self, packed: &Packed) -> bool {
        packed.log_id == self.0.log_id
    }

    /// Whether it is time for new dictionaries.
    fn is_old(&self, events: u64) -> bool {
        let since = self.0.since;
        events >= if since == 0 { FIRST } else { since.saturating_mul(TIMES) }
    }
}

impl fmt::Debug for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packing").field("since", &self.0.since).finish_non_exhaustive()
    }
}

impl Ledger {
    /// What new rows are packed with. It changes a few times in the life of a ledger; an older one does too.
    #[must_use]
    pub fn packing(&self) -> Packing {
        self.packing.clone()
    }

    /// Trains dictionaries if new ones are due, while others append.
    ///
    /// # Errors
    /// If the ledger cannot be read, or was opened for reading alone.
    pub fn train_dictionaries(&mut self) -> Result<(), LedgerError> {
        self.writable()?;
        let events = self.count()?;
        self.train_if_due(events);
        Ok(())
    }

    /// Trains new dictionaries if the ledger has grown enough since the last ones, to so many events; or finds those that were
    /// trained by whoever does that for this handle.
    ///
    /// Nothing depends on them but how much room new rows take: whatever fails here, rows are stored as before.
    pub(super) fn train_if_due(&mut self, events: u64) {
        if self.training_failed || !self.packing.is_old(events) {
            return;
        }
        let trained = if self.training_left { self.find_trained() } else { self.train(events) };
        if let Err(error) = trained {
            tracing::warn!(path = %self.path.display(), %error, "no new dictionary was trained; rows take more room");
            // Not again at each group.
            self.training_failed = true;
        }
    }

    /// Takes over what another handle has trained, if it has.
    fn find_trained(&mut self) -> rusqlite::Result<()> {
        if newest(&self.conn)? > self.packing.0.newest {
            self.packing = Packing::open(&self.conn, self.log_id)?;
        }
        Ok(())
    }

    fn train(&mut self, events: u64) -> rusqlite::Result<()> {
        let current = Packing::open(&self.conn, self.log_id)?;
        // Another process may have been faster.
        if !current.is_old(events) {
            self.packing = current;
            return Ok(());
        }
        // Training takes long, and others may append meanwhile.
        let sample = sample(&self.conn, &self.reader)?;
        let entries: Vec<Cow<'_, str>> = sample.iter().map(|(stored, _)| Cow::from(stored.entry.as_str())).collect();
        let values: Vec<Values<'_>> = sample
            .iter()
            .filter_map(|(stored, record)| Some(Values { record: *record, text: &stored.opening.as_ref()?.1 }))
            .collect();
        let (mut number, mut trained) = (current.0.newest, Vec::new());
        for (purpose, texts) in [(Purpose::Entries, entries), (Purpose::Values, shared_by_many(&values))] {
            let Some(bytes) = train(&texts, number + 1) else { continue };
            number += 1;
            trained.push((number, purpose, bytes));
        }
        let tx = self.conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Whoever was faster has taken the numbers.
        if newest(&tx)? == current.0.newest {
            for (number, purpose, bytes) in trained {
                tx.execute(
                    "INSERT INTO dictionary (number, purpose, since, digest, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![number, purpose.as_str(), signed(events), Digest::of(&bytes).as_bytes(), bytes],
                )?;
            }
        }
        let packing = Packing::open(&tx, self.log_id)?;
        tx.commit()?;
        tracing::debug!(path = %self.path.display(), events, "trained dictionaries");
        // None at all, where events are too much alike or too few: then not again at each group.
        self.training_failed = packing.is_old(events);
        self.packing = packing;
        Ok(())
    }
}

/// The number of the newest dictionary; 0 if there is none.
fn newest(conn: &Connection) -> rusqlite::Result<u32> {
    conn.prepare_cached("SELECT coalesce(max(number), 0) FROM dictionary")?.query_row([], |row| row.get(0))
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
