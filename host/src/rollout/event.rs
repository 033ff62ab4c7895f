//! Writes and reads the bodies of events about policies, which hold nothing personal.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Act, RolloutError};
use crate::ledger::{Draft, EventKind, Prepared, RecordedEvent};
use crate::model::Digest;

/// An event. Its body names the objects that it cites under `objects`.
pub(super) fn write(
    kind: EventKind,
    mut body: Value,
    mut objects: Vec<Digest>,
    act: Act<'_>,
) -> Result<Prepared, RolloutError> {
    objects.sort();
    objects.dedup();
    if let Some(body) = body.as_object_mut()
        && !objects.is_empty()
    {
        let cited = objects.iter().map(|digest| Value::String(digest.to_string())).collect();
        body.insert("objects".to_owned(), Value::Array(cited));
    }
    let draft = Draft {
        kind,
        at: act.at.to_owned(),
        actor: act.by.to_owned(),
        body: body.to_string(),
        openings: None,
        index: None,
        objects,
    };
    Ok(draft.prepare()?)
}

/// The body of an event.
pub(super) fn read<T: DeserializeOwned>(event: &RecordedEvent) -> Result<T, RolloutError> {
    let unreadable = |message: String| RolloutError::Unreadable { seq: event.seq, message };
    let body = event.body.as_deref().ok_or_else(|| unreadable("its body is gone".to_owned()))?;
    serde_json::from_str(body).map_err(|error| unreadable(error.to_string()))
}
