//! Pulling a module from a registry.

use std::io::Read;

use ureq::http::header::LINK;
use ureq::http::{HeaderMap, StatusCode, Uri};

use super::manifest::{Descriptor, INDEX, Index, of_digest};
use super::session::whole;
use super::unpack::{Store, unpack};
use super::{ArtifactReference, Bounds, Received, Registry, RegistryError, bounds};
use crate::model::Digest;

/// What is understood where a manifest is expected.
const MANIFESTS: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";

/// Where a registry says which digest it answers with.
const CONTENT_DIGEST: &str = "docker-content-digest";

impl Registry {
    /// Pulls the module that a reference names, with its signatures. Where the reference has a digest, or another one is pinned,
    /// the tag must lead there.
    ///
    /// # Errors
    /// See [`RegistryError`]; one that [breaks](RegistryError::breaks) says that something is not what its digest says.
    pub fn pull(
        &mut self,
        reference: &ArtifactReference,
        pinned: Option<Digest>,
        bounds: Bounds,
    ) -> Result<Received, RegistryError> {
        let wanted = [reference.digest, pinned];
        let named = match (&reference.tag, reference.digest) {
            (Some(tag), _) => tag.clone(),
            (None, Some(digest)) => digest.to_string(),
            (None, None) => return Err(self.malformed("it", "it has neither a tag nor a digest".to_owned())),
        };
        let manifest = self.named_manifest(&named)?;
        let found = Digest::of(&manifest);
        for expected in wanted.into_iter().flatten() {
            of_digest(&reference.to_string(), expected, &manifest)?;
        }
        unpack(self, found, &manifest, bounds)
    }

    /// A manifest by tag or digest.
    fn named_manifest(&mut self, named: &str) -> Result<Vec<u8>, RegistryError> {
        let joint = if named.contains(':') { '@' } else { ':' };
        let what = format!("{}{joint}{named}", self.repository);
        self.manifest_if_any(&what, named)?.map_err(|missing| *missing)
    }

    /// A manifest by tag or digest; beside it, the error where there is none.
    pub(super) fn manifest_if_any(
        &mut self,
        what: &str,
        named: &str,
    ) -> Result<Result<Vec<u8>, Box<RegistryError>>, RegistryError> {
        let at = self.address(&format!("manifests/{named}"))?;
        let answer = self.get(what, at, MANIFESTS, false)?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(Err(Box::new(self.problem(what, answer)))),
            _ => return Err(self.problem(what, answer)),
        }
        let said = answer.headers().get(CONTENT_DIGEST).and_then(|header| header.to_str().ok()?.parse().ok());
        let bytes = whole(what, answer, bounds::MANIFEST)?;
        if let Some(said) = said {
            of_digest(what, said, &bytes)?;
        }
        Ok(Ok(bytes))
    }

    /// What a registry with the API for it says that refers to a manifest; none where it has no such API.
    fn listed_referrers(&mut self, of: Digest) -> Result<Option<Vec<Descriptor>>, RegistryError> {
        let what = "what refers to the module";
        let mut at = self.address(&format!("referrers/{of}"))?;
        let mut found = Vec::new();
        for _ in 0..bounds::PAGES {
            let answer = self.get(what, at.clone(), INDEX, false)?;
            match answer.status() {
                StatusCode::OK => {}
                // Registries without this API answer so in various ways.
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::BAD_REQUEST => return Ok(None),
                _ => return Err(self.problem(what, answer)),
            }
            let next = self.next_page(answer.headers(), &at)?;
            found.extend(Index::read(what, &whole(what, answer, bounds::MANIFEST)?)?.manifests);
            few_enough(&found)?;
            match next {
                Some(next) => at = next,
                None => return Ok(Some(found)),
            }
        }
        Err(RegistryError::TooMany { what: "pages of referrers", limit: bounds::PAGES })
    }

    /// Where the rest of a list is: `Link: <…>; rel="next"`.
    fn next_page(&self, headers: &HeaderMap, from: &Uri) -> Result<Option<Uri>, RegistryError> {
        let Some(link) = headers.get(LINK).and_then(|header| header.to_str().ok()) else { return Ok(None) };
        if !link.contains("next") {
            return Ok(None);
        }
        let wrong = || self.malformed("the rest of a list", format!("{link:?} is no address of this registry"));
        let to = link.split_once('<').and_then(|(_, rest)| rest.split_once('>')).ok_or_else(wrong)?.0;
        let to = self.absolute(to, from)?;
        if self.is_here(&to) { Ok(Some(to)) } else { Err(wrong()) }
    }

    /// What refers to a manifest by the tag that is used where there is no API: an index under `sha256-…`.
    pub(super) fn tagged_referrers(&mut self, of: Digest) -> Result<Option<Vec<u8>>, RegistryError> {
        Ok(self.manifest_if_any("what refers to the module", &referrers_tag(of))?.ok())
    }
}

impl Store for Registry {
    fn manifest(&mut self, digest: Digest) -> Result<Vec<u8>, RegistryError> {
        self.named_manifest(&digest.to_string())
    }

    fn blob(&mut self, what: &str, descriptor: &Descriptor) -> Result<Vec<u8>, RegistryError> {
        let at = self.address(&format!("blobs/{}", descriptor.digest))?;
        let answer = self.get(what, at, "", true)?;
        if answer.status() != StatusCode::OK {
            return Err(self.problem(what, answer));
        }
        // One byte more than it should have, so that a longer one is seen to be another one.
        let mut bytes = Vec::new();
        let host = self.host.clone();
        answer
            .into_body()
            .take(descriptor.size.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| RegistryError::Unanswered { host, error: error.into() })?;
        Ok(bytes)
    }

    /// By the API, and by the tag: what was pushed before a registry had the API is under the tag alone.
    fn referrers(&mut self, of: Digest) -> Result<Vec<Descriptor>, RegistryError> {
        let mut found = self.listed_referrers(of)?.unwrap_or_default();
        if let Some(index) = self.tagged_referrers(of)? {
            found.extend(Index::read("what refers to the module", &index)?.manifests);
        }
        few_enough(&found)?;
        Ok(found)
    }
}

/// The tag that the referrers of a manifest stand under where there is no API.
pub(super) fn referrers_tag(of: Digest) -> String {
    format!("sha256-{of:x}")
}

fn few_enough(found: &[Descriptor]) -> Result<(), RegistryError> {
    if found.len() > bounds::REFERRERS {
        return Err(RegistryError::TooMany { what: "things that refer to the module", limit: bounds::REFERRERS });
    }
    Ok(())
}
