//! What people said about suggestions, in events of three kinds:
//!
//! - `reviewed`: `{"id": …, "verdict": "approved" | "edited" | "rejected"}`. What was edited was not right as it stood.
//! - `corrected`: `{"id": …}`. An applied value had to be corrected, so it was not right.
//! - `audited`: `{"id": …, "finding": "right" | "wrong" | "unclear"}`.
//!
//! `id` is the suggestion's. More keys may stand beside these. Of several events about one suggestion the last counts.

use serde::Deserialize;

use super::{Draft, EventKind};
use crate::model::Truth;

/// What an event says of a suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub suggestion_id: String,
    pub truth: Truth,
}

/// Why the body of an event that judges a suggestion cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum JudgedError {
    #[error("it is no judgement of a suggestion: {0}")]
    Json(#[from] serde_json::Error),
    #[error("`{key}` is {value:?}, which has no meaning here")]
    Word { key: &'static str, value: String },
}

#[derive(Deserialize)]
struct Body {
    id: String,
    verdict: Option<String>,
    finding: Option<String>,
}

/// What the event says of a suggestion; nothing, if it is of another kind or leaves the question open.
pub(super) fn judged(kind: EventKind, body: &str) -> Result<Option<Judged>, JudgedError> {
    if !matches!(kind, EventKind::Reviewed | EventKind::Corrected | EventKind::Audited) {
        return Ok(None);
    }
    let Body { id, verdict, finding } = serde_json::from_str(body)?;
    let unknown = |key, value: Option<&str>| JudgedError::Word { key, value: value.unwrap_or_default().to_owned() };
    let truth = match kind {
        EventKind::Corrected => Some(Truth::Reject),
        EventKind::Reviewed => match verdict.as_deref() {
            Some("approved") => Some(Truth::Approve),
            Some("edited" | "rejected") => Some(Truth::Reject),
            other => return Err(unknown("verdict", other)),
        },
        _ => match finding.as_deref() {
            Some("right") => Some(Truth::Approve),
            Some("wrong") => Some(Truth::Reject),
            Some("unclear") => None,
            other => return Err(unknown("finding", other)),
        },
    };
    Ok(truth.map(|truth| Judged { suggestion_id: id, truth }))
}

/// The event that brings in what people are known to have found about a suggestion before, or elsewhere.
#[must_use]
pub fn imported_truth(suggestion_id: &str, truth: Truth, at: &str, actor: &str) -> Draft {
    let finding = match truth {
        Truth::Approve => "right",
        Truth::Reject => "wrong",
    };
    Draft {
        kind: EventKind::Audited,
        at: at.to_owned(),
        actor: actor.to_owned(),
        body: serde_json::json!({ "id": suggestion_id, "finding": finding, "source": "import" }).to_string(),
        openings: None,
        index: None,
        objects: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_kinds_of_events_judge() {
        let said = |kind, body: &str| judged(kind, body).unwrap().map(|judged| (judged.suggestion_id, judged.truth));
        let of = |truth| Some(("s".to_owned(), truth));
        assert_eq!(said(EventKind::Reviewed, r#"{"id":"s","verdict":"approved"}"#), of(Truth::Approve));
        assert_eq!(said(EventKind::Reviewed, r#"{"id":"s","verdict":"edited"}"#), of(Truth::Reject));
        assert_eq!(said(EventKind::Reviewed, r#"{"id":"s","verdict":"rejected"}"#), of(Truth::Reject));
        assert_eq!(said(EventKind::Corrected, r#"{"id":"s","to":"x"}"#), of(Truth::Reject));
        assert_eq!(said(EventKind::Audited, r#"{"id":"s","finding":"right"}"#), of(Truth::Approve));
        assert_eq!(said(EventKind::Audited, r#"{"id":"s","finding":"unclear"}"#), None);
        assert_eq!(said(EventKind::Published, "{}"), None);
        for (kind, body) in [
            (EventKind::Reviewed, r#"{"id":"s"}"#),
            (EventKind::Audited, r#"{"id":"s","finding":"fine"}"#),
            (EventKind::Corrected, "{}"),
        ] {
            judged(kind, body).unwrap_err();
        }
    }

    #[test]
    fn what_is_imported_judges() {
        for truth in [Truth::Approve, Truth::Reject] {
            let draft = imported_truth("s-\"1\"", truth, "2026-11-20T09:00:00Z", "ana");
            let judged = judged(draft.kind, &draft.body).unwrap().unwrap();
            assert_eq!((judged.suggestion_id.as_str(), judged.truth), ("s-\"1\"", truth));
        }
    }
}
