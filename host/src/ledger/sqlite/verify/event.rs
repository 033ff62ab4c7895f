//! One event against its own hash, its values and its row in the view of decisions.

use std::collections::HashSet;

use rusqlite::Row;

use super::unreadable;
use crate::ledger::decision::{self, Clear, Opened};
use crate::ledger::event::{Entry, VERSION};
use crate::ledger::sqlite::heads::get_u64;
use crate::ledger::sqlite::violation::Violation;
use crate::ledger::{Digest, EventKind, Openings, leaf_hash, seal, truth};

/// All that belongs to each event, in order.
pub(super) const ROWS: &str = "SELECT e.seq, e.kind, e.at, e.leaf, e.entry, o.seed, o.sealed_values,
        d.suggestion_id, d.record, d.outcome, d.decided_at, d.set_digest, d.input_digest, o.seq, d.seq,
        j.suggestion_id, j.truth
     FROM event e LEFT JOIN opening o ON o.seq = e.seq LEFT JOIN decision d ON d.seq = e.seq
        LEFT JOIN judged j ON j.seq = e.seq
     ORDER BY e.seq";

/// What the pass needs of an event that holds.
pub(super) struct Checked {
    pub leaf: Digest,
    pub at: String,
    /// Whether it has a row of openings.
    pub opening: bool,
    /// Whether it has a row in the view of decisions.
    pub decision: bool,
    /// Whether it has a row in the view of what people said.
    pub judged: bool,
}

/// The columns as they stand.
struct Columns {
    seq: u64,
    kind: String,
    at: String,
    leaf: [u8; 32],
    entry: String,
    opening: Option<([u8; 32], String)>,
    decision: Option<View>,
    /// The suggestion and what people said of it.
    judged: Option<(String, String)>,
}

struct View {
    suggestion_id: String,
    record: Vec<u8>,
    outcome: String,
    decided_at: String,
    set_digest: [u8; 32],
    input_digest: [u8; 32],
}

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    let opening = match row.get::<_, Option<i64>>(13)? {
        Some(_) => Some((row.get(5)?, row.get(6)?)),
        None => None,
    };
    let decision = match row.get::<_, Option<i64>>(14)? {
        Some(_) => Some(View {
            suggestion_id: row.get(7)?,
            record: row.get(8)?,
            outcome: row.get(9)?,
            decided_at: row.get(10)?,
            set_digest: row.get(11)?,
            input_digest: row.get(12)?,
        }),
        None => None,
    };
    Ok(Columns {
        seq: get_u64(row, 0)?,
        kind: row.get(1)?,
        at: row.get(2)?,
        leaf: row.get(3)?,
        entry: row.get(4)?,
        opening,
        decision,
        judged: row.get::<_, Option<String>>(15)?.zip(row.get(16)?),
    })
}

/// Checks the event that stands where number `seq` must stand.
pub(super) fn check(
    row: &Row<'_>,
    seq: u64,
    record_secret: &[u8; 32],
    objects: &HashSet<Digest>,
) -> Result<Checked, Violation> {
    let broken = |what: String| Violation::new(Some(seq), what);
    let columns = columns(row).map_err(|error| unreadable(Some(seq), &error))?;
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
    let opened = open(seq, body, columns.opening.as_ref())?;
    let cited = decision::cited(body).map_err(|error| broken(error.to_string()))?;
    if let Some(missing) = cited.iter().find(|digest| !objects.contains(digest)) {
        return Err(broken(format!("it cites the object {missing}, which is missing")));
    }
    match (kind, &columns.decision) {
        (EventKind::Decision, Some(view)) => check_view(seq, view, body, &opened, record_secret)?,
        (EventKind::Decision, None) => return Err(broken("it is missing in the view of decisions".to_owned())),
        (_, Some(_)) => return Err(broken("it stands in the view of decisions, but is none".to_owned())),
        (_, None) => {}
    }
    let says = truth::judged(kind, body).map_err(|error| broken(error.to_string()))?;
    let says = says.map(|judged| (judged.suggestion_id, judged.truth.as_str().to_owned()));
    if says != columns.judged {
        return Err(broken("what it says of a suggestion differs from the view of judgements".to_owned()));
    }
    let (opening, decision, judged) = (columns.opening.is_some(), columns.decision.is_some(), columns.judged.is_some());
    Ok(Checked { leaf, at: columns.at, opening, decision, judged })
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

/// The view repeats what the event says.
fn check_view(seq: u64, view: &View, body: &str, opened: &str, secret: &[u8; 32]) -> Result<(), Violation> {
    let broken = |what: String| Violation::new(Some(seq), what);
    let clear = Clear::read(body).map_err(|error| broken(format!("its body is no decision: {error}")))?;
    let opened = Opened::read(opened).map_err(|error| broken(format!("its body is no decision: {error}")))?;
    let set = clear.set_digest().map_err(|error| broken(format!("the digest of its set is {error}")))?;
    let input = opened.input_digest().map_err(|error| broken(format!("its `input` is {error}")))?;
    let record = opened.record().key(secret).ok_or_else(|| broken("its record holds a NUL character".to_owned()))?;
    same(seq, "suggestion in the view", &clear.id, &view.suggestion_id)?;
    same(seq, "outcome in the view", &clear.outcome, &view.outcome)?;
    same(seq, "time in the view", &clear.decided_at, &view.decided_at)?;
    same(seq, "set in the view", &set, &Digest::from(view.set_digest))?;
    same(seq, "input in the view", &input, &Digest::from(view.input_digest))?;
    same(seq, "record in the view", &hex::encode(record), &hex::encode(&view.record))
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
