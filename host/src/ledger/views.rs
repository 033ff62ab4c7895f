//! What the tables of state repeat from an event. Everything in them is computed here, and from the event alone: when it is
//! appended, when the tables are rebuilt, and when they are verified.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::decision::{Clear, Opened};
use super::token::{Created, Revoked};
use super::{Digest, EventKind, RecordParts, truth};
use crate::model::Truth;

/// What stands in the tables because of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Views {
    pub decision: Option<DecisionView>,
    pub follow_up: Option<FollowUp>,
    /// Records that the event is about beside that of its decision.
    pub mentions: Vec<RecordParts>,
    pub act: Option<Act>,
}

/// The row of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DecisionView {
    pub suggestion_id: String,
    pub outcome: String,
    pub decided_at: String,
    pub set: Digest,
    /// The record and the digest of the input; none once the values were destroyed.
    pub about: Option<(RecordParts, Digest)>,
}

/// What an event says about a suggestion that was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FollowUp {
    pub suggestion_id: String,
    /// What people found; none if the event leaves that open.
    pub truth: Option<Truth>,
}

/// What an event does to rows of other events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Puts a record on hold, or everything.
    Hold(Option<RecordParts>),
    /// Ends the hold that began with an event.
    Release(u64),
    /// Destroys the values of events.
    Destroy(Vec<u64>),
    /// Lets in whoever has the token of this digest.
    Admit(Digest),
    /// Makes the token worthless that an event created.
    Revoke(u64),
}

/// Why the views cannot be told: the body is not of the form that its kind has.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct ViewsError(pub String);

impl ViewsError {
    fn of(what: &str, error: impl std::fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

/// The body of an event of kind `held`.
#[derive(Deserialize)]
struct Held {
    subject: Option<RecordParts>,
}

/// The body of an event of kind `released`.
#[derive(Deserialize)]
struct Released {
    hold: u64,
}

/// The body of an event of kind `erased`: what was destroyed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Erased {
    /// `request` or `retention`.
    pub cause: String,
    /// Why, in the words of whoever asked for it. Not personal.
    pub reason: String,
    /// The events whose values were destroyed: first and last of each run, in order.
    pub events: Vec<[u64; 2]>,
}

/// The most events that one event destroys the values of: its entry and the transaction stay small.
pub(super) const MOST_ERASED: usize = 16_384;

impl Erased {
    /// Positions in order as runs.
    pub(super) fn runs(events: &[u64]) -> Vec<[u64; 2]> {
        let mut runs: Vec<[u64; 2]> = Vec::new();
        for seq in events {
            match runs.last_mut() {
                Some([_, last]) if *last + 1 == *seq => *last = *seq,
                _ => runs.push([*seq, *seq]),
            }
        }
        runs
    }

    /// The positions; none if the runs are not in order, or too long.
    fn positions(&self) -> Option<Vec<u64>> {
        let mut positions = Vec::new();
        let mut least = 0;
        for [first, last] in &self.events {
            let run: Range<u64> = *first..last.checked_add(1)?;
            let length = usize::try_from(run.end.checked_sub(run.start)?).ok()?;
            if *first < least || run.is_empty() || positions.len() + length > MOST_ERASED {
                return None;
            }
            least = run.end;
            positions.extend(run);
        }
        Some(positions)
    }
}

/// What stands in the tables because of an event: its body with commitments, and opened if its values still exist.
pub(super) fn of(kind: EventKind, body: &str, opened: Option<&str>) -> Result<Views, ViewsError> {
    let mut views = Views::default();
    match kind {
        EventKind::Decision => {
            let no_decision = |error| ViewsError::of("its body is no decision", error);
            let clear = Clear::read(body).map_err(no_decision)?;
            let opened = opened.map(Opened::read).transpose().map_err(no_decision)?;
            let (decision, mentions) = decision(clear, opened)?;
            views.decision = Some(decision);
            views.mentions = mentions;
        }
        EventKind::Held => {
            // A hold whose values were destroyed had ended before that.
            if let Some(opened) = opened {
                let held: Held =
                    serde_json::from_str(opened).map_err(|error| ViewsError::of("it is no hold", error))?;
                views.mentions.extend(held.subject.clone());
                views.act = Some(Act::Hold(held.subject));
            }
        }
        EventKind::Released => {
            let released: Released =
                serde_json::from_str(body).map_err(|error| ViewsError::of("it ends no hold", error))?;
            views.act = Some(Act::Release(released.hold));
        }
        EventKind::Erased => {
            let erased: Erased =
                serde_json::from_str(body).map_err(|error| ViewsError::of("it destroys nothing", error))?;
            let positions = erased.positions();
            let unordered = || ViewsError("its `events` are not in order, or are too many".to_owned());
            views.act = Some(Act::Destroy(positions.ok_or_else(unordered)?));
        }
        EventKind::TokenCreated => {
            let created: Created =
                serde_json::from_str(body).map_err(|error| ViewsError::of("it creates no token", error))?;
            views.act = Some(Act::Admit(created.digest));
        }
        EventKind::TokenRevoked => {
            let revoked: Revoked =
                serde_json::from_str(body).map_err(|error| ViewsError::of("it revokes no token", error))?;
            views.act = Some(Act::Revoke(revoked.token));
        }
        _ => views.follow_up = truth::follow_up(kind, body).map_err(|error| ViewsError(error.to_string()))?,
    }
    Ok(views)
}

fn decision(clear: Clear, opened: Option<Opened>) -> Result<(DecisionView, Vec<RecordParts>), ViewsError> {
    let set = clear.set_digest().map_err(|error| ViewsError::of("the digest of its set is", error))?;
    let (about, mentions) = match opened {
        Some(opened) => {
            let input = opened.input_digest().map_err(|error| ViewsError::of("its `input` is", error))?;
            let (record, merge_with) = opened.into_records();
            (Some((record, input)), merge_with)
        }
        None => (None, Vec::new()),
    };
    let Clear { id, outcome, decided_at, .. } = clear;
    Ok((DecisionView { suggestion_id: id, outcome, decided_at, set, about }, mentions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_runs_are_the_same_thing() {
        let erased = |events| Erased { cause: "request".to_owned(), reason: String::new(), events };
        for positions in [vec![], vec![7], vec![1, 2, 3], vec![0, 2, 3, 9, 10, 12]] {
            assert_eq!(erased(Erased::runs(&positions)).positions(), Some(positions));
        }
        assert_eq!(Erased::runs(&[0, 2, 3, 9]), [[0, 0], [2, 3], [9, 9]]);
        for wrong in [vec![[3, 2]], vec![[2, 3], [3, 4]], vec![[5, 6], [1, 2]], vec![[0, u64::MAX]], vec![[0, 1 << 40]]]
        {
            assert_eq!(erased(wrong.clone()).positions(), None, "{wrong:?}");
        }
    }

    #[test]
    fn each_kind_has_its_views() {
        let views = |kind, body: &str, opened: Option<&str>| of(kind, body, opened).unwrap();
        let subject = r#"{"subject":{"system":"s","object":"o","id":"1"},"reason":"case"}"#;
        let parts = RecordParts { system: "s".to_owned(), object: "o".to_owned(), id: "1".to_owned() };
        let held = views(EventKind::Held, "{}", Some(subject));
        assert_eq!((held.mentions, held.act), (vec![parts.clone()], Some(Act::Hold(Some(parts)))));
        let all = views(EventKind::Held, "{}", Some(r#"{"subject":null}"#));
        assert_eq!((all.mentions, all.act), (vec![], Some(Act::Hold(None))));
        assert_eq!(views(EventKind::Held, "{}", None), Views::default());
        assert_eq!(views(EventKind::Released, r#"{"hold":3}"#, None).act, Some(Act::Release(3)));
        let erased = r#"{"cause":"request","reason":"r","events":[[1,2],[5,5]]}"#;
        assert_eq!(views(EventKind::Erased, erased, None).act, Some(Act::Destroy(vec![1, 2, 5])));
        assert_eq!(views(EventKind::Published, "{}", Some("{}")), Views::default());
        let created = format!(r#"{{"name":"crm","role":"assistant","digest":"{}"}}"#, Digest::of(b"cs_1"));
        assert_eq!(views(EventKind::TokenCreated, &created, None).act, Some(Act::Admit(Digest::of(b"cs_1"))));
        let revoked = r#"{"token":3,"reason":"lost"}"#;
        assert_eq!(views(EventKind::TokenRevoked, revoked, None).act, Some(Act::Revoke(3)));
        let audited = views(EventKind::Audited, r#"{"id":"s-1","finding":"unclear"}"#, None).follow_up.unwrap();
        assert_eq!((audited.suggestion_id.as_str(), audited.truth), ("s-1", None));
        for (kind, body) in [
            (EventKind::Released, "{}"),
            (EventKind::TokenCreated, r#"{"name":"crm","role":"assistant","digest":"sha256:00"}"#),
            (EventKind::TokenRevoked, "{}"),
            (EventKind::Erased, "{}"),
            (EventKind::Erased, r#"{"cause":"request","reason":"r","events":[[2,1]]}"#),
            (EventKind::Decision, "{}"),
            (EventKind::Escalated, "{}"),
        ] {
            of(kind, body, Some(body)).unwrap_err();
        }
    }
}
