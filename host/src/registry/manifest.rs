//! The JSON that artifacts are held together by, as OCI's image specification 1.1 has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::RegistryError;
use crate::model::Digest;

/// A manifest.
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// A list of manifests.
pub(super) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// What a Wasm artifact says of itself.
pub(super) const WASM_CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// A component.
pub(super) const WASM: &str = "application/wasm";
/// A signature.
pub(super) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// Signatures of all versions of that format begin so.
pub(super) const ANY_BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
/// A list of what something is made of.
pub const SBOM: &str = "application/vnd.cyclonedx+json";
/// Nothing.
pub(super) const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// The name of a manifest in a layout.
pub(super) const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// What something is, how long, and its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub media_type: String,
    pub digest: Digest,
    pub size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

/// What an artifact consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    pub schema_version: u32,
    #[serde(default)]
    pub media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    pub config: Descriptor,
    pub layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

/// What every manifest begins with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    #[serde(default)]
    schema_version: u32,
    #[serde(default)]
    media_type: String,
}

/// A list of manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    pub schema_version: u32,
    #[serde(default)]
    pub media_type: String,
    pub manifests: Vec<Descriptor>,
}

impl Descriptor {
    pub(super) fn of(media_type: &str, bytes: &[u8]) -> Self {
        let (media_type, digest, size) = (media_type.to_owned(), Digest::of(bytes), bytes.len() as u64);
        Self { media_type, digest, size, artifact_type: None, annotations: None }
    }

    /// Holds bytes against what names them.
    pub(super) fn check(&self, what: &str, bytes: &[u8]) -> Result<(), RegistryError> {
        let (what, expected, found) = (what.to_owned(), self.size, bytes.len() as u64);
        if expected != found {
            return Err(RegistryError::OtherSize { what, expected, found });
        }
        of_digest(&what, self.digest, bytes)
    }
}

impl Manifest {
    pub(super) fn read(what: &str, bytes: &[u8]) -> Result<Self, RegistryError> {
        // What is something else is not read as one, and said to be that.
        let Kind { schema_version, media_type } = json(what, bytes)?;
        // The field may be missing, but it may not say that it is something else.
        if schema_version != 2 || !["", MANIFEST].contains(&media_type.as_str()) {
            let why = format!("it is of the type {media_type:?}, version {schema_version}");
            return Err(RegistryError::NotAModule { what: what.to_owned(), why });
        }
        json(what, bytes)
    }
}

impl Index {
    pub(super) fn read(what: &str, bytes: &[u8]) -> Result<Self, RegistryError> {
        let index: Self = json(what, bytes)?;
        if index.schema_version != 2 || !["", INDEX].contains(&index.media_type.as_str()) {
            let why = format!("it is of the type {:?}, version {}", index.media_type, index.schema_version);
            return Err(RegistryError::Malformed { what: what.to_owned(), why });
        }
        Ok(index)
    }
}

/// Holds bytes against the digest that they should have.
pub(super) fn of_digest(what: &str, expected: Digest, bytes: &[u8]) -> Result<(), RegistryError> {
    let found = Digest::of(bytes);
    if expected == found { Ok(()) } else { Err(RegistryError::Mismatch { what: what.to_owned(), expected, found }) }
}

fn json<'b, T: Deserialize<'b>>(what: &str, bytes: &'b [u8]) -> Result<T, RegistryError> {
    serde_json::from_slice(bytes)
        .map_err(|error| RegistryError::Malformed { what: what.to_owned(), why: error.to_string() })
}
