//! One message: an event as a `CloudEvent` (<https://cloudevents.io>, 1.0) in the structured mode.

use serde::Serialize;

use super::data::Data;
use crate::ledger::RecordedEvent;

/// The media type of a message.
pub(super) const MEDIA_TYPE: &str = "application/cloudevents+json";

/// What is sent.
#[derive(Debug)]
pub(super) struct Message {
    /// The same whenever this event is sent, and that of no other event: its position, and its leaf hash, by which two
    /// events are told apart that stood at one position before and after a ledger was restored. Neither can be chosen.
    pub id: String,
    /// The text.
    pub body: Vec<u8>,
}

#[derive(Serialize)]
struct CloudEvent<'e> {
    specversion: &'static str,
    id: &'e str,
    source: String,
    r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'e str>,
    time: &'e str,
    datacontenttype: &'static str,
    data: &'e Data,
}

impl Message {
    /// The message about an event of the ledger with this identity.
    pub(super) fn of(event: &RecordedEvent, log_id: &[u8; 16], values: bool) -> Result<Self, serde_json::Error> {
        let data = Data::of(event, values)?;
        let id = format!("{}-{:x}", event.seq, event.leaf);
        let text = CloudEvent {
            specversion: "1.0",
            id: &id,
            source: format!("urn:countersign:{}", hex::encode(log_id)),
            r#type: format!("countersign.{}.recorded", event.kind),
            subject: data.id.as_deref(),
            time: &event.at,
            datacontenttype: "application/json",
            data: &data,
        };
        let body = serde_json::to_vec(&text)?;
        Ok(Self { id, body })
    }
}

#[cfg(test)]
mod tests;
