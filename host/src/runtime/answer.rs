//! One answer, and how it is written for programs.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Decision, Digest};

/// One answer.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The decision.
    pub decision: Decision,
    /// Where it stands in the ledger: position and leaf; none in a dry run.
    pub ledger: Option<(u64, Digest)>,
    /// Whether it was on record before.
    pub repeated: bool,
}

/// An answer as it is written: the decision, and where it stands in the ledger.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Answer")]
pub struct WrittenAnswer<'a> {
    #[serde(flatten)]
    decision: Cow<'a, Decision>,
    /// Whether the decision was on record before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    repeated: bool,
    /// Where the decision stands in the ledger; nothing, if it was not recorded.
    ledger: Option<Place>,
}

/// Where a decision stands in the ledger.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
struct Place {
    /// The position of its event, from 0.
    seq: u64,
    /// The leaf hash of its event.
    leaf: Digest,
}

impl Answered {
    /// The answer as it is written.
    #[must_use]
    pub fn written(&self) -> WrittenAnswer<'_> {
        let ledger = self.ledger.map(|(seq, leaf)| Place { seq, leaf });
        WrittenAnswer { decision: Cow::Borrowed(&self.decision), repeated: self.repeated, ledger }
    }

    /// The answer as it is written, for longer than this one lasts.
    #[must_use]
    pub fn into_written(self) -> WrittenAnswer<'static> {
        let ledger = self.ledger.map(|(seq, leaf)| Place { seq, leaf });
        WrittenAnswer { decision: Cow::Owned(self.decision), repeated: self.repeated, ledger }
    }
}

impl WrittenAnswer<'_> {
    /// The decision.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }
}

impl From<WrittenAnswer<'_>> for Answered {
    fn from(WrittenAnswer { decision, repeated, ledger }: WrittenAnswer<'_>) -> Self {
        let ledger = ledger.map(|Place { seq, leaf }| (seq, leaf));
        Self { decision: decision.into_owned(), ledger, repeated }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        let text = concat!(
            r#"{"id":"s-1","outcome":"review","decided_at":"2026-11-20T09:00:00Z","set":{"name":"s","version":"1.0.0","#,
            r#""digest":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},"reasons":[],"#,
            r#""findings":[],"modules":[],"review":{"role":null,"approvals":1,"priority":2,"within_hours":48},"#,
            r#""repeated":true,"ledger":{"seq":17,"leaf":"#,
            r#""sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}}"#
        );
        let answered: Answered = serde_json::from_str::<WrittenAnswer<'static>>(text).unwrap().into();
        assert_eq!(serde_json::to_string(&answered.written()).unwrap(), text);
        let dry = Answered { ledger: None, repeated: false, ..answered };
        let text = serde_json::to_string(&dry.into_written()).unwrap();
        assert!(text.ends_with(r#""within_hours":48},"ledger":null}"#), "{text}");
    }
}
