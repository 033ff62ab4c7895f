//! One receiver: what it is told, and one attempt to tell it.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use ureq::http::{Request, Response};

use super::backoff;
use super::data;
use super::message::{MEDIA_TYPE, Message};
use super::secret::Secrets;
use super::{Webhook, WebhookError};
use crate::ledger::{EventKind, RecordedEvent};
use crate::outbound::{Address, Client};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A receiver that can be told.
#[derive(Debug)]
pub struct Target {
    pub(super) webhook: Webhook,
    address: Address,
    secrets: Secrets,
    client: Client,
}

/// What came of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has the event.
    Delivered,
    /// It wants no more of them.
    Gone,
    /// It may have it or not.
    Failed {
        /// What it said.
        why: Why,
        /// How long it asks to be left alone.
        asked: Option<Duration>,
    },
}

/// Why an event is not delivered, in words that stand in logs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The status that was answered.
    Status(u16),
    /// What kept an answer from coming.
    NoAnswer(&'static str),
    /// The event cannot be put into words.
    Unreadable,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "{status}"),
            Self::NoAnswer(cause) => write!(f, "no answer: {cause}"),
            Self::Unreadable => f.write_str("the event has not the form of its kind"),
        }
    }
}

impl Target {
    /// Reads what a webhook needs from a deployment's folder.
    ///
    /// # Errors
    /// If there is nothing to sign with, nobody is ever sent anything there, or no authority is named.
    pub fn open(webhook: &Webhook, folder: &Path) -> Result<Self, WebhookError> {
        let name = || webhook.name().to_owned();
        let secrets = Secrets::read(&folder.join(&webhook.secret_file))
            .map_err(|error| WebhookError::Secret { name: name(), error })?;
        let outbound = |error| WebhookError::Outbound { name: name(), error };
        let address = webhook.address().map_err(outbound)?;
        let authorities = webhook.authorities.as_ref().map(|file| folder.join(file));
        let client = Client::new(PATIENCE, authorities.as_deref()).map_err(outbound)?;
        Ok(Self { webhook: webhook.clone(), address, secrets, client })
    }

    /// Whether it is told of an event.
    pub(super) fn wants(&self, event: &RecordedEvent) -> bool {
        let Webhook { kinds, outcomes, .. } = &self.webhook;
        // An event that cannot be read is not passed over: that it cannot be sent shows.
        let outcome = || data::outcome(event).is_none_or(|outcome| outcomes.contains(&outcome));
        kinds.contains(&event.kind) && (outcomes.is_empty() || event.kind != EventKind::Decision || outcome())
    }

    /// Tells it of an event, once.
    pub(super) fn tell(&self, event: &RecordedEvent, log_id: &[u8; 16]) -> Answer {
        let failed = |why| Answer::Failed { why, asked: None };
        let Ok(message) = Message::of(event, log_id, self.webhook.values) else { return failed(Why::Unreadable) };
        let now = Timestamp::now();
        let signature = self.secrets.sign(&message.id, now.as_second(), &message.body);
        let request = Request::post(self.address.uri())
            .header("content-type", MEDIA_TYPE)
            .header("webhook-id", message.id)
            .header("webhook-timestamp", now.as_second())
            .header("webhook-signature", signature)
            .body(message.body);
        let Ok(request) = request else { return failed(Why::Unreadable) };
        match self.client.send(request) {
            Ok(answer) => read(&answer, now),
            Err(error) => failed(Why::NoAnswer(error.cause())),
        }
    }
}

fn read(answer: &Response<Vec<u8>>, now: Timestamp) -> Answer {
    let after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    match answer.status().as_u16() {
        200..=299 => Answer::Delivered,
        410 => Answer::Gone,
        // Also where it points elsewhere: nobody is followed there.
        status => Answer::Failed { why: Why::Status(status), asked: after.and_then(|text| backoff::asked(text, now)) },
    }
}

#[cfg(test)]
mod tests;
