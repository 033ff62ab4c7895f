//! One event against its own hash, its values and its rows in the tables of state.

use std::collections::HashSet;

use rusqlite::{Connection, Row};

use crate::ledger::decision;
use crate::ledger::event::{Entry, VERSION};
use crate::ledger::sqlite::dictionaries::Reader;
use crate::ledger::sqlite::heads::get_u64;
use crate::ledger::sqlite::violation::Violation;
use crate::ledger::views::{self, DecisionView, Views};
use crate::ledger::{Digest, EventKind, Openings, leaf_hash, placeholder, seal};

/// All that belongs to each event, in order.
pub(super) const ROWS: &str = "SELECT e.seq, e.kind, e.at, e.leaf, e.entry, o.seed, o.sealed_values,
        d.suggestion_id, d.record, d.outcome, d.decided_at, d.set_digest, d.input_digest, o.seq, d.seq,
        f.suggestion_id, f.truth, x.by
     FROM event e LEFT JOIN opening o ON o.seq = e.seq LEFT JOIN decision d ON d.seq = e.seq
        LEFT JOIN follow_up f ON f.seq = e.seq LEFT JOIN destroyed x ON x.seq = e.seq
     ORDER BY e.seq";

/// What the pass needs of an event that holds.
pub(super) struct Checked {
    pub leaf: Digest,
    pub at: String,
    pub views: Views,
    /// Whether it has a row of openings.
    pub opening: bool,
    /// Whether its values were destroyed.
    pub destroyed: bool,
}

/// The columns as they stand.
pub(super) struct Columns {
    seq: u64,
    kind: String,
    at: String,
    leaf: [u8; 32],
    entry: String,
    opening: Option<([u8; 32], String)>,
    decision: Option<DecisionRow>,
    /// The suggestion and what people said of it.
    follow_up: Option<(String, Option<String>)>,
    /// The event that says that the values were destroyed.
    destroyed: Option<u64>,
}

/// The row in the table of decisions.
struct DecisionRow {
    suggestion_id: String,
    record: Option<Vec<u8>>,
    outcome: String,
    decided_at: String,
    set_digest: [u8; 32],
    input_digest: Option<[u8; 32]>,
}

pub(super) fn columns(conn: &Connection, reader: &Reader, row: &Row<'_>) -> rusqlite::Result<Columns> {
    let opening = match row.get::<_, Option<i64>>(13)? {
        Some(_) => Some((row.get(5)?, reader.text(conn, row.get_ref(6)?)?)),
        None => None,
    };
    let decision = match row.get::<_, Option<i64>>(14)? {
        Some(_) => Some(DecisionRow {
            suggestion_id: row.get(7)?,
            record: row.get(8)?,
            outcome: row.get(9)?,
            decided_at: row.get(10)?,
            set_digest: row.get(11)?,
            input_digest: row.get(12)?,
        }),
        None => None,
    };
    let follow_up = match row.get::<_, Option<String>>(15)? {
        Some(id) => Some((id, row.get(16)?)),
        None => None,
    };
    let destroyed = match row.get::<_, Option<i64>>(17)? {
        Some(_) => Some(get_u64(row, 17)?),
        None => None,
    };
    Ok(Columns {
        seq: get_u64(row, 0)?,
        kind: row.get(1)?,
        at: row.get(2)?,
        leaf: row.get(3)?,
        entry: reader.text(conn, row.get_ref(4)?)?,
        opening,
        decision,
        follow_up,
        destroyed,
    })
}

/// Checks the event that stands where number `seq` must stand.
pub(super) fn check(
    columns: Columns,
    seq: u64,
    record_secret: &[u8; 32],
    objects: &HashSet<Digest>,
) -> Result<Checked, Violation> {
    let broken = |what: String| Violation::new(Some(seq), what);
    if columns.seq != seq {
        return Err(Violation::differs(Some(seq), "it is missing", seq, columns.seq));
    }
    let leaf = leaf_hash(columns.entry.as_bytes());
    same(seq, "leaf hash", &leaf, &Digest::from(columns.leaf))?;
    let entry = Entry::read(&columns.entry).map_err(|error| broken(format!("its entry is malformed: {error}")))?;
    same(seq, "version", &VERSION, &entry.v)?;
    same(seq, "kind", &entry.kind, &columns.kind)?;
    same(seq, "time", &entry.at, &columns.at)?;
    let kind: EventKind = columns.kind.parse().map_err(|error| broken(format!("{error}")))?;
    let body = entry.body.get();
    let opened = match columns.destroyed {
        Some(by) => gone(seq, by, body, columns.opening.is_some()).map(|()| None)?,
        None => Some(open(seq, body, columns.opening.as_ref())?),
    };
    let cited = decision::cited(body).map_err(|error| broken(error.to_string()))?;
    if let Some(missing) = cited.iter().find(|digest| !objects.contains(digest)) {
        return Err(broken(format!("it cites the object {missing}, which is missing")));
    }
    let views = views::of(kind, body, opened.as_deref()).map_err(|error| broken(error.to_string()))?;
    match (&views.decision, &columns.decision) {
        (Some(view), Some(row)) => check_decision(seq, view, row, record_secret)?,
        (Some(_), None) => return Err(broken("it is missing in the view of decisions".to_owned())),
        (None, Some(_)) => return Err(broken("it stands in the view of decisions, but is none".to_owned())),
        (None, None) => {}
    }
    let said = views.follow_up.as_ref();
    let said = said.map(|said| (said.suggestion_id.clone(), said.truth.map(|truth| truth.as_str().to_owned())));
    if said != columns.follow_up {
        return Err(broken("what it says of a suggestion differs from the view of what followed decisions".to_owned()));
    }
    let (opening, destroyed) = (columns.opening.is_some(), columns.destroyed.is_some());
    Ok(Checked { leaf, at: columns.at, views, opening, destroyed })
}

/// An event whose values were destroyed had some, and has them no more.
fn gone(seq: u64, by: u64, body: &str, opening: bool) -> Result<(), Violation> {
    let broken = |what: String| Violation::new(Some(seq), what);
    if opening {
        return Err(broken(format!("its values still stand there, but event {by} says that they were destroyed")));
    }
    match placeholder::find_exact(body) {
        Ok(places) if places.is_empty() => {
            Err(broken(format!("event {by} says that its values were destroyed: it has none")))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(broken(error.to_string())),
    }
}

/// The opened body, after holding each value against its commitment.
fn open(seq: u64, body: &str, opening: Option<&([u8; 32], String)>) -> Result<String, Violation> {
    let openings = opening.map(|(seed, values)| Openings::from_stored(*seed, values)).transpose();
    if let Ok(Some(openings)) = &openings
        && openings.values().is_empty()
    {
        return Err(Violation::new(Some(seq), "it has an opening, but no sealed values"));
    }
    openings.and_then(|openings| seal::open_exact(body, openings.as_ref())).map_err(|error| match error {
        seal::SealError::Count { values: 0, .. } if opening.is_none() => {
            Violation::new(Some(seq), "the opening of its sealed values is missing")
        }
        error => Violation::new(Some(seq), error.to_string()),
    })
}

/// The row of a decision repeats what the event says.
fn check_decision(seq: u64, view: &DecisionView, row: &DecisionRow, secret: &[u8; 32]) -> Result<(), Violation> {
    let (record, input) = view.about.as_ref().map(|(record, input)| (record, *input)).unzip();
    let nul = || Violation::new(Some(seq), "its record holds a NUL character");
    let key = record.map(|record| record.key(secret).ok_or_else(nul)).transpose()?;
    same(seq, "suggestion in the view", &view.suggestion_id, &row.suggestion_id)?;
    same(seq, "outcome in the view", &view.outcome, &row.outcome)?;
    same(seq, "time in the view", &view.decided_at, &row.decided_at)?;
    same(seq, "set in the view", &view.set, &Digest::from(row.set_digest))?;
    let told = |digest: Option<Digest>| digest.map_or_else(|| "none".to_owned(), |digest| digest.to_string());
    same(seq, "input in the view", &told(input), &told(row.input_digest.map(Digest::from)))?;
    let told = |key: Option<&[u8]>| key.map_or_else(|| "none".to_owned(), hex::encode);
    same(seq, "record in the view", &told(key.as_ref().map(<[u8; 16]>::as_slice)), &told(row.record.as_deref()))
}

/// What the entry says and what stands beside it are the same.
fn same<T: ToString + PartialEq<U>, U: ToString>(seq: u64, name: &str, said: &T, stands: &U) -> Result<(), Violation> {
    if said == stands {
        return Ok(());
    }
    Err(Violation::differs(
        Some(seq),
        format!("its {name} differs from its entry"),
        said.to_string(),
        stands.to_string(),
    ))
}
