//! How an issuer is asked, wherever its description points.

use std::path::Path;
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse, SyncHttpClient};

use super::Settings;
use crate::outbound::{Address, Client, OutboundError};

/// Asks an issuer.
#[derive(Debug)]
pub(super) struct Asker {
    client: Client,
    /// Whether the issuer itself is asked without TLS, on this machine: then what it points to may be as well.
    in_the_clear: bool,
}

impl Asker {
    /// One for the issuer of a deployment in this folder.
    pub fn new(settings: &Settings, folder: &Path) -> Result<Self, OutboundError> {
        let patience = Duration::from_secs(settings.patience.get().into());
        let authorities = settings.authorities.as_ref().map(|file| folder.join(file));
        let client = Client::new(patience, authorities.as_deref())?;
        Ok(Self { client, in_the_clear: settings.issuer.as_str().starts_with("http:") })
    }

    /// Whether an address that the issuer names is used. An issuer elsewhere cannot point to this machine without TLS.
    pub fn check(&self, address: &str) -> Result<(), OutboundError> {
        let read = Address::try_from(address.to_owned())?;
        if self.in_the_clear || read.uri().scheme_str() == Some("https") {
            Ok(())
        } else {
            Err(OutboundError::Address(address.to_owned()))
        }
    }
}

impl SyncHttpClient for Asker {
    type Error = OutboundError;

    fn call(&self, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
        self.check(&request.uri().to_string())?;
        self.client.send(request)
    }
}
