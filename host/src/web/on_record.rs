//! What is on record of a decision, as the service answers it and the command line shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::ledger::{Ledger, Recorded, RecordedEvent};
use crate::model::Digest;
use crate::reproduce::{ReproduceError, decision_on_record};
use crate::runtime::{Answered, WrittenAnswer};
use crate::words::explain;

/// A decision as it is on record.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct OnRecord {
    /// The position of its event in the ledger.
    pub seq: u64,
    /// The leaf hash of its event.
    pub leaf: Digest,
    /// When it was recorded, RFC 3339.
    pub at: String,
    /// Who asked.
    pub actor: String,
    /// Whether personal values stand in it; where they do not, an object `{"sealed": …}` with a commitment does.
    pub values: Values,
    /// The body of the event: the decision, the suggestion, and what the modules were told.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub decision: Box<RawValue>,
    /// The decision in words; nothing, where values are not shown.
    explanation: Option<String>,
    /// What was answered to whoever suggested; nothing, where values are not shown.
    pub answer: Option<WrittenAnswer<'static>>,
    /// By what its values were erased; nothing, if they were not.
    pub erased: Option<Erased>,
}

/// What became of the personal values of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Values {
    /// They stand in it.
    Shown,
    /// They were left out: whoever asks may not see them.
    Withheld,
    /// They were erased.
    Erased,
}

/// The event by which values were erased.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Erased {
    /// Its position in the ledger.
    pub event: u64,
    /// When that was, RFC 3339.
    pub at: String,
    /// Who did it.
    pub by: String,
    /// Whether somebody asked for it, or their time was over.
    pub cause: Option<String>,
    /// Why, in the words of whoever did it.
    pub reason: Option<String>,
}

impl OnRecord {
    /// Reads what is on record of a decision, with its words. Personal values are left out unless whoever asks may `see` them.
    pub(crate) fn read(
        ledger: &Ledger,
        recorded: &Recorded,
        event: RecordedEvent,
        see: bool,
    ) -> Result<Self, ReproduceError> {
        let mut found = Self::as_kept(ledger, recorded, event, see)?;
        if found.values == Values::Shown {
            let decision = decision_on_record(ledger, recorded)?;
            // Without the colours of a terminal.
            let words = explain(&decision, Some(recorded.seq));
            found.explanation = Some(anstream::adapter::strip_str(&words).to_string());
            let ledger = Some((recorded.seq, recorded.leaf));
            found.answer = Some(Answered { decision, ledger, repeated: false }.into_written());
        }
        Ok(found)
    }

    /// As [`Self::read`], without words: also where what the words need is not there.
    pub(crate) fn as_kept(
        ledger: &Ledger,
        recorded: &Recorded,
        event: RecordedEvent,
        see: bool,
    ) -> Result<Self, ReproduceError> {
        let (values, erased) = match recorded.body {
            None => (Values::Erased, Erased::of(ledger, recorded.seq)?),
            Some(_) if see => (Values::Shown, None),
            Some(_) => (Values::Withheld, None),
        };
        let decision = match recorded.body.as_deref().filter(|_| see) {
            Some(body) => RawValue::from_string(body.to_owned()),
            None => recorded.sealed_body(),
        };
        let decision = decision.map_err(|error| ReproduceError::unreadable("entry", &error))?;
        let RecordedEvent { seq, at, actor, leaf, .. } = event;
        Ok(Self { seq, leaf, at, actor, values, decision, explanation: None, answer: None, erased })
    }
}

impl Erased {
    fn of(ledger: &Ledger, seq: u64) -> Result<Option<Self>, ReproduceError> {
        #[derive(Deserialize)]
        struct Says {
            cause: Option<String>,
            reason: Option<String>,
        }
        let by = ledger.destroyed_by(seq)?.map(|by| ledger.event(by)).transpose()?.flatten();
        Ok(by.map(|RecordedEvent { seq, at, actor, body, .. }| {
            let says = body.and_then(|body| serde_json::from_str(&body).ok());
            let Says { cause, reason } = says.unwrap_or(Says { cause: None, reason: None });
            Self { event: seq, at, by: actor, cause, reason }
        }))
    }
}
