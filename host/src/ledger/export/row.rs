//! One event as a row.

use serde::Deserialize;

use super::changed;
use crate::ledger::event::Entry;
use crate::ledger::{EventKind, Ledger, LedgerError, RecordedEvent, leaf_hash};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Whole,
    Real,
    Text,
}

/// A column of every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether each row has a value there.
    pub required: bool,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Whole(u64),
    Real(f64),
    Text(String),
}

/// What stands in the columns, in their order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row(pub Vec<Cell>);

/// The columns, in their order. The long ones stand last, where they do not push others out of sight.
pub(super) fn columns(bodies: bool) -> Vec<Column> {
    let required = |name, kind| Column { name, kind, required: true };
    let text = |name| Column { name, kind: Kind::Text, required: false };
    let mut columns = vec![required("seq", Kind::Whole)];
    columns.extend(["kind", "at", "actor", "leaf"].map(|name| required(name, Kind::Text)));
    columns.extend(["suggestion_id", "outcome", "decided_at", "set_name", "set_version", "set_digest"].map(text));
    columns.extend(["system", "object", "operation", "fields", "assistant"].map(text));
    columns.push(Column { name: "confidence", kind: Kind::Real, required: false });
    columns.push(text("truth"));
    columns.push(required("entry", Kind::Text));
    if bodies {
        columns.push(text("body"));
    }
    columns
}

/// What stands in the clear in the body of a decision, whether its values were erased or not.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Decision {
    id: Option<String>,
    outcome: Option<String>,
    decided_at: Option<String>,
    set: Set,
    suggestion: Suggestion,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Set {
    name: Option<String>,
    version: Option<String>,
    digest: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Suggestion {
    target: Target,
    operation: Option<String>,
    changes: Vec<Change>,
    assistant: Option<Assistant>,
    confidence: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Target {
    system: Option<String>,
    object: Option<String>,
}

#[derive(Deserialize)]
struct Change {
    field: String,
}

#[derive(Deserialize)]
struct Assistant {
    vendor: String,
    model: String,
}

impl Row {
    /// The row of an event, with what was known of it when there were so many events.
    pub(super) fn of(ledger: &Ledger, event: RecordedEvent, size: u64, bodies: bool) -> Result<Self, LedgerError> {
        let RecordedEvent { seq, kind, at, actor, leaf, entry, body } = event;
        let changed = |what: &str| changed(ledger, seq, what);
        if leaf_hash(entry.as_bytes()) != leaf {
            return Err(changed("its text is not the one that was hashed"));
        }
        let read = Entry::read(&entry).map_err(|_| changed("its text is no entry"))?;
        if read.kind != kind.as_str() || read.at != at {
            return Err(changed("its kind or time is not that of its text"));
        }
        let decision = if kind == EventKind::Decision {
            serde_json::from_str(read.body.get()).map_err(|error| changed(&format!("it is no decision: {error}")))?
        } else {
            Decision::default()
        };
        let truth = match &decision.id {
            Some(id) => ledger.truth_before(id, size)?,
            None => None,
        };
        let mut cells = vec![Cell::Whole(seq)];
        cells.extend([kind.to_string(), at, actor, format!("{leaf:x}")].map(Cell::Text));
        cells.extend(decision.cells());
        cells.push(truth.map_or(Cell::Null, |truth| Cell::Text(truth.as_str().to_owned())));
        cells.push(Cell::Text(entry));
        if bodies {
            cells.push(text(body));
        }
        Ok(Self(cells))
    }
}

impl Decision {
    fn cells(self) -> impl Iterator<Item = Cell> {
        let Self { id, outcome, decided_at, set: Set { name, version, digest }, suggestion } = self;
        let Suggestion { target: Target { system, object }, operation, changes, assistant, confidence } = suggestion;
        let fields: Vec<String> = changes.into_iter().map(|change| change.field).collect();
        let fields = (!fields.is_empty()).then(|| fields.join(","));
        // As replays name an assistant.
        let assistant = assistant.map(|Assistant { vendor, model }| format!("{vendor}/{model}"));
        let texts = [id, outcome, decided_at, name, version, digest, system, object, operation];
        let texts = texts.into_iter().chain([fields, assistant]).map(text);
        texts.chain([confidence.map_or(Cell::Null, Cell::Real)])
    }
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Null, Cell::Text)
}
