//! What is to be looked at next.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::{AuditError, Sample, findings};
use crate::ledger::{Ledger, Recorded};

/// A drawn decision that nobody has looked at yet.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The sample's event.
    pub sample: u64,
    /// How many drawn decisions nobody has looked at, with this one.
    pub left: u64,
    /// The suggestion's id.
    pub id: String,
    /// The stratum that it was drawn from.
    pub stratum: Vec<String>,
    /// What is on record of it.
    pub recorded: Recorded,
}

/// The next one of a sample; none, if all were looked at.
///
/// # Errors
/// [`AuditError::Missing`] if it is not on record, and others if the ledger cannot be read.
pub fn next(ledger: &Ledger, sample: &Sample) -> Result<Option<Waiting>, AuditError> {
    let known = findings(ledger, sample)?;
    // In turn from each stratum: whoever stops in the middle knows something of all of them.
    let strata = &sample.drawing.strata;
    let longest = strata.iter().map(|stratum| stratum.drawn.len()).max().unwrap_or_default();
    let in_turn =
        (0..longest).flat_map(|place| strata.iter().filter_map(move |one| Some((one, one.drawn.get(place)?))));
    let mut open = in_turn.filter(|(_, id)| !known.contains_key(*id));
    let Some((stratum, id)) = open.next() else { return Ok(None) };
    let Some(recorded) = ledger.decision(id)? else {
        return Err(AuditError::Missing { id: id.clone(), sample: sample.seq });
    };
    let left = sample.drawing.drawn().saturating_sub(known.len() as u64);
    let (id, stratum) = (id.clone(), stratum.stratum.clone());
    Ok(Some(Waiting { sample: sample.seq, left, id, stratum, recorded }))
}

/// What is to be looked at, as it is written.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "NextToAudit")]
pub enum WrittenNext {
    /// A decision.
    One {
        /// The sample's event.
        sample: u64,
        /// How many drawn decisions nobody has looked at, with this one.
        left: u64,
        /// The suggestion's id.
        id: String,
        /// The stratum that it was drawn from.
        stratum: Vec<String>,
        /// The position of its event in the ledger.
        seq: u64,
        /// Whether its values were erased.
        erased: bool,
        /// The body of its event; null, if its values were erased. Where values are not shown, commitments stand in their place.
        #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
        decision: Option<Box<RawValue>>,
    },
    /// All of them were looked at.
    None {
        /// The sample's event.
        sample: u64,
        /// None are left.
        left: u64,
        /// How many were drawn.
        drawn: u64,
        /// Null.
        id: (),
    },
}

impl WrittenNext {
    /// What is to be looked at of a sample. Without `values`, personal values are left out.
    ///
    /// # Errors
    /// If what is on record is not JSON.
    pub fn new(sample: &Sample, next: Option<Waiting>, values: bool) -> Result<Self, serde_json::Error> {
        let Some(Waiting { sample, left, id, stratum, recorded }) = next else {
            return Ok(Self::None { sample: sample.seq, left: 0, drawn: sample.drawing.drawn(), id: () });
        };
        let decision = match &recorded.body {
            None => None,
            Some(_) if !values => Some(recorded.sealed_body()?),
            Some(body) => Some(RawValue::from_string(body.clone())?),
        };
        Ok(Self::One { sample, left, id, stratum, seq: recorded.seq, erased: decision.is_none(), decision })
    }
}

/// Both kinds at once: told apart by `untagged`, the body would have to be taken apart and put together again.
#[derive(Deserialize)]
struct Any {
    sample: u64,
    left: u64,
    drawn: Option<u64>,
    id: Option<String>,
    stratum: Option<Vec<String>>,
    seq: Option<u64>,
    erased: Option<bool>,
    decision: Option<Box<RawValue>>,
}

impl<'de> Deserialize<'de> for WrittenNext {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Any { sample, left, drawn, id, stratum, seq, erased, decision } = Any::deserialize(from)?;
        match (id, stratum, seq, erased, drawn) {
            (Some(id), Some(stratum), Some(seq), Some(erased), _) => {
                Ok(Self::One { sample, left, id, stratum, seq, erased, decision })
            }
            (None, None, None, None, Some(drawn)) => Ok(Self::None { sample, left, drawn, id: () }),
            _ => Err(D::Error::custom("it is neither a decision nor none")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_next_is_read_as_it_was_written() {
        for text in [
            r#"{"sample":7,"left":2,"id":"s-1","stratum":["a"],"seq":3,"erased":false,"decision":{"x":1.50}}"#,
            r#"{"sample":7,"left":2,"id":"s-1","stratum":["a"],"seq":3,"erased":true,"decision":null}"#,
            r#"{"sample":7,"left":0,"drawn":4,"id":null}"#,
        ] {
            let next: WrittenNext = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&next).unwrap(), text);
        }
        for text in [r#"{"sample":7,"left":0,"id":null}"#, r#"{"sample":7,"left":1,"id":"s-1"}"#] {
            assert!(serde_json::from_str::<WrittenNext>(text).is_err(), "{text}");
        }
    }
}
