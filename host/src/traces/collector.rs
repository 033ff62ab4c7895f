//! Speaks to the collector.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

use crate::outbound::{Client, OutboundError};

/// A collector of traces, asked with the bounds of everybody who is asked.
#[derive(Debug)]
pub(super) struct Collector {
    client: Client,
    /// Why the last question got no answer.
    silent: Mutex<Option<OutboundError>>,
}

impl Collector {
    pub(super) fn new(client: Client) -> Self {
        Self { client, silent: Mutex::default() }
    }

    /// Why the last question got no answer: the exporter says no more than that there was none.
    pub(super) fn why(&self) -> Option<String> {
        let silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        silent.as_ref().map(ToString::to_string)
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.client.send(request.map(|body| body.to_vec()));
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        match sent {
            Ok(answer) => {
                *silent = None;
                Ok(answer.map(Bytes::from))
            }
            Err(error) => {
                *silent = Some(error);
                Err("no answer".into())
            }
        }
    }
}

impl HttpClient for Collector {
    // The exporter asks on a thread of its own, which drives nothing else: it may wait here.
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move { self.send(request) })
    }
}
