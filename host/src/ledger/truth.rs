//! Events about suggestions that were decided: all of them say `{"id": …}`, the suggestion's, and may say more. In those of
//! three kinds people judge:
//!
//! - `reviewed`: `{"id": …, "verdict": "approved" | "edited" | "rejected"}`. What was edited was not right as it stood.
//! - `corrected`: an applied value had to be corrected, so it was not right.
//! - `audited`: `{"id": …, "finding": "right" | "wrong" | "unclear"}`.
//!
//! Of several judgements of one suggestion the last counts.

use serde::Deserialize;

use super::views::FollowUp;
use super::{Draft, EventKind};
use crate::model::Truth;

/// Why the body of an event about a suggestion cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum FollowUpError {
    #[error("it does not say which suggestion it is about: {0}")]
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

/// What the event says of a suggestion; nothing, if it is of another kind.
pub(super) fn follow_up(kind: EventKind, body: &str) -> Result<Option<FollowUp>, FollowUpError> {
    use EventKind::{Audited, Corrected, EffectBegun, EffectDone, Escalated, Expired, Reviewed, RolledBack};
    if !matches!(kind, EffectBegun | EffectDone | Reviewed | Escalated | Expired | Corrected | RolledBack | Audited) {
        return Ok(None);
    }
    let Body { id, verdict, finding } = serde_json::from_str(body)?;
    let unknown = |key, value: Option<&str>| FollowUpError::Word { key, value: value.unwrap_or_default().to_owned() };
    if id.is_empty() {
        return Err(unknown("id", None));
    }
    let truth = match kind {
        Corrected => Some(Truth::Reject),
        Reviewed => match verdict.as_deref() {
            Some("approved") => Some(Truth::Approve),
            Some("edited" | "rejected") => Some(Truth::Reject),
            other => return Err(unknown("verdict", other)),
        },
        Audited => match finding.as_deref() {
            Some("right") => Some(Truth::Approve),
            Some("wrong") => Some(Truth::Reject),
            Some("unclear") => None,
            other => return Err(unknown("finding", other)),
        },
        _ => None,
    };
    Ok(Some(FollowUp { suggestion_id: id, truth }))
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
        let said = |kind, body: &str| follow_up(kind, body).unwrap().map(|said| (said.suggestion_id, said.truth));
        let of = |truth| Some(("s".to_owned(), truth));
        assert_eq!(said(EventKind::Reviewed, r#"{"id":"s","verdict":"approved"}"#), of(Some(Truth::Approve)));
        assert_eq!(said(EventKind::Reviewed, r#"{"id":"s","verdict":"edited"}"#), of(Some(Truth::Reject)));
        assert_eq!(said(EventKind::Reviewed, r#"{"id":"s","verdict":"rejected"}"#), of(Some(Truth::Reject)));
        assert_eq!(said(EventKind::Corrected, r#"{"id":"s","to":"x"}"#), of(Some(Truth::Reject)));
        assert_eq!(said(EventKind::Audited, r#"{"id":"s","finding":"right"}"#), of(Some(Truth::Approve)));
        assert_eq!(said(EventKind::Audited, r#"{"id":"s","finding":"unclear"}"#), of(None));
        assert_eq!(said(EventKind::Escalated, r#"{"id":"s"}"#), of(None));
        assert_eq!(said(EventKind::Published, "{}"), None);
        for (kind, body) in [
            (EventKind::Reviewed, r#"{"id":"s"}"#),
            (EventKind::Audited, r#"{"id":"s","finding":"fine"}"#),
            (EventKind::Corrected, "{}"),
            (EventKind::EffectDone, r#"{"id":""}"#),
        ] {
            follow_up(kind, body).unwrap_err();
        }
    }

    #[test]
    fn what_is_imported_judges() {
        for truth in [Truth::Approve, Truth::Reject] {
            let draft = imported_truth("s-\"1\"", truth, "2026-11-20T09:00:00Z", "ana");
            let said = follow_up(draft.kind, &draft.body).unwrap().unwrap();
            assert_eq!((said.suggestion_id.as_str(), said.truth), ("s-\"1\"", Some(truth)));
        }
    }
}
