//! Pushing a module to a registry.

use serde_json::{Value, json};
use ureq::http::{Method, Response, StatusCode};

use super::manifest::{Descriptor, INDEX, Index, MANIFEST, of_digest};
use super::pack::{Artifact, written};
use super::pull::referrers_tag;
use super::session::Question;
use super::{Packed, Registry, RegistryError, bounds};
use crate::model::Digest;
use crate::outbound::Incoming;

/// Where a registry says that it keeps a list of what refers to a manifest.
const SUBJECT: &str = "oci-subject";

/// Where a registry says which digest it took.
const CONTENT_DIGEST: &str = "docker-content-digest";

/// What a blob is sent as.
const BYTES: &str = "application/octet-stream";

impl Registry {
    /// Pushes a module with all that refers to it. The tag is set last: whoever pulls by it finds the signatures.
    ///
    /// # Errors
    /// See [`RegistryError`]. What was pushed until then stays there under its digest, and does no harm.
    pub fn push(&mut self, packed: &Packed<'_>, tag: &str) -> Result<(), RegistryError> {
        self.begin_to_write();
        for artifact in packed.artifacts() {
            for (digest, bytes) in &artifact.blobs {
                self.push_blob(*digest, bytes)?;
            }
        }
        let module = &packed.module;
        self.put_manifest(&module.descriptor.digest.to_string(), MANIFEST, &module.manifest)?;
        let mut unlisted = Vec::new();
        for referrer in &packed.referrers {
            if !self.push_referrer(referrer)? {
                unlisted.push(&referrer.descriptor);
            }
        }
        if !unlisted.is_empty() {
            self.list(module.descriptor.digest, &unlisted)?;
        }
        self.put_manifest(tag, MANIFEST, &module.manifest)?;
        Ok(())
    }

    /// Sends a blob, if it is not there.
    fn push_blob(&mut self, digest: Digest, bytes: &[u8]) -> Result<(), RegistryError> {
        let what = "a blob";
        let at = self.address(&format!("blobs/{digest}"))?;
        let there = self.ask(&Question { method: Method::HEAD, at, accept: "", body: None })?;
        match there.status() {
            StatusCode::OK => return Ok(()),
            // It is not there; and who may not look is told below whether they may write.
            status if status.is_client_error() => {}
            _ => return Err(self.problem(what, there)),
        }
        drop(there);
        let at = self.address("blobs/uploads/")?;
        let begun = self.ask(&Question { method: Method::POST, at: at.clone(), accept: "", body: None })?;
        if begun.status() != StatusCode::ACCEPTED {
            return Err(self.problem("an upload", begun));
        }
        let to = self.location("an upload", &begun, &at)?;
        if !self.is_here(&to) {
            let (host, to) = (self.host.clone(), to.host().unwrap_or_default().to_owned());
            let why = "uploads go to the registry itself alone";
            return Err(RegistryError::Elsewhere { host, to, what: what.to_owned(), why });
        }
        let joint = if to.query().is_some() { '&' } else { '?' };
        let to = self.absolute(&format!("{to}{joint}digest={digest}"), &at)?;
        let put = self.ask(&Question { method: Method::PUT, at: to, accept: "", body: Some((BYTES, bytes)) })?;
        match put.status() {
            StatusCode::CREATED | StatusCode::NO_CONTENT | StatusCode::OK => Ok(()),
            _ => Err(self.problem("an upload", put)),
        }
    }

    /// Puts what refers to the module. Returns whether the registry lists it by itself.
    fn push_referrer(&mut self, referrer: &Artifact<'_>) -> Result<bool, RegistryError> {
        let named = referrer.descriptor.digest.to_string();
        let answer = self.put_manifest(&named, MANIFEST, &referrer.manifest)?;
        Ok(answer.headers().contains_key(SUBJECT))
    }

    fn put_manifest(
        &mut self,
        named: &str,
        media_type: &'static str,
        bytes: &[u8],
    ) -> Result<Response<Incoming>, RegistryError> {
        let what = "a manifest";
        let at = self.address(&format!("manifests/{named}"))?;
        let answer = self.ask(&Question { method: Method::PUT, at, accept: "", body: Some((media_type, bytes)) })?;
        if !matches!(answer.status(), StatusCode::CREATED | StatusCode::OK | StatusCode::ACCEPTED) {
            return Err(self.problem(what, answer));
        }
        let said = answer.headers().get(CONTENT_DIGEST).and_then(|header| header.to_str().ok()?.parse().ok());
        if let Some(said) = said {
            of_digest(what, said, bytes)?;
        }
        Ok(answer)
    }

    /// Adds to the index under the tag of those that refer to a manifest, for a registry without the API. Two who do so at the
    /// same moment can lose what one of them added; pushing again adds it.
    fn list(&mut self, of: Digest, added: &[&Descriptor]) -> Result<(), RegistryError> {
        let what = "what refers to the module";
        let mut index = match self.tagged_referrers(of)? {
            // What others wrote there stays as it is.
            Some(bytes) => {
                Index::read(what, &bytes)?;
                serde_json::from_slice(&bytes).map_err(|error| self.malformed(what, error.to_string()))?
            }
            None => json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] }),
        };
        let Some(manifests) = index.get_mut("manifests").and_then(Value::as_array_mut) else {
            return Err(self.malformed(what, "it has no list of manifests".to_owned()));
        };
        let before = manifests.len();
        for descriptor in added {
            let digest = descriptor.digest.to_string();
            if !manifests.iter().any(|known| known.get("digest").and_then(Value::as_str) == Some(digest.as_str())) {
                manifests.push(json!(descriptor));
            }
        }
        if manifests.len() == before {
            return Ok(());
        }
        if manifests.len() > bounds::REFERRERS {
            return Err(RegistryError::TooMany { what: "things that refer to the module", limit: bounds::REFERRERS });
        }
        let bytes = written(&index)?;
        self.put_manifest(&referrers_tag(of), INDEX, &bytes)?;
        Ok(())
    }
}
