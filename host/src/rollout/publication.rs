//! Modules that were published, and those of them that were yanked.

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Act, RolloutError, event};
use crate::ledger::{EventKind, Prepared, RecordedEvent};
use crate::model::{Digest, ModuleKind};
use crate::modules::Change;

/// A module that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The event.
    pub seq: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who did it.
    pub by: String,
    /// The module's name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// The digest of its component.
    pub digest: Digest,
    /// The length of its component, in bytes.
    pub bytes: u64,
    /// The digest of what it said of itself; nothing, if that was not kept.
    pub description: Option<Digest>,
    /// Who vouched for it; nobody, where nobody had to.
    pub signatures: Vec<Signature>,
    /// The digest of what it is made of, if that came along.
    pub sbom: Option<Digest>,
    /// What it may do and see that the version before may not, and the other way round.
    pub against: Option<Against>,
}

/// A signature that vouched for a module when it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ModuleSignature")]
pub struct Signature {
    /// The id of the key.
    pub key: String,
    /// The name of the key.
    pub name: String,
    /// The digest of the file that the signature stands in, which is kept.
    pub bundle: Digest,
}

/// How a version differs from another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Against {
    /// The other version.
    pub version: String,
    /// Its digest.
    pub digest: Digest,
    /// The differences.
    pub changes: Vec<Change>,
}

/// A published module that no new set may name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Yank {
    /// The event.
    pub seq: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The digest of its component.
    pub digest: Digest,
}

/// A module that is to be published. Its component and its description must be among the ledger's objects.
#[derive(Clone, Copy, Debug)]
pub struct NewPublication<'a> {
    /// Validator or policy.
    pub kind: ModuleKind,
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// The digest of its component.
    pub digest: Digest,
    /// The length of its component, in bytes.
    pub bytes: usize,
    /// The digest of what it says of itself.
    pub description: Option<Digest>,
    /// Who vouches for it. The files must be among the ledger's objects.
    pub signatures: &'a [Signature],
    /// The digest of what it is made of, if that came along. The text must be among the ledger's objects.
    pub sbom: Option<Digest>,
    /// How it differs from the version before.
    pub against: Option<&'a Against>,
}

#[derive(Deserialize)]
struct Body {
    name: String,
    version: Version,
    digest: Digest,
    bytes: u64,
    #[serde(default)]
    description: Option<Digest>,
    #[serde(default)]
    signatures: Vec<Signature>,
    #[serde(default)]
    sbom: Option<Digest>,
    #[serde(default)]
    against: Option<Against>,
}

#[derive(Deserialize)]
struct YankBody {
    name: String,
    version: Version,
    digest: Digest,
    reason: String,
}

impl NewPublication<'_> {
    /// The event that says that it was published.
    ///
    /// # Errors
    /// None that can be met.
    pub fn event(&self, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let Self { kind, name, version, digest, bytes, description, signatures, sbom, against } = self;
        let mut body = json!({ "kind": kind, "name": name, "version": version, "digest": digest, "bytes": bytes });
        if let Some(body) = body.as_object_mut() {
            if let Some(description) = description {
                body.insert("description".to_owned(), json!(description));
            }
            if !signatures.is_empty() {
                body.insert("signatures".to_owned(), json!(signatures));
            }
            if let Some(sbom) = sbom {
                body.insert("sbom".to_owned(), json!(sbom));
            }
            if let Some(against) = against {
                body.insert("against".to_owned(), json!(against));
            }
        }
        let bundles = signatures.iter().map(|signature| signature.bundle);
        let objects = std::iter::once(*digest).chain(*description).chain(*sbom).chain(bundles).collect();
        event::write(EventKind::Published, body, objects, act)
    }
}

impl Publication {
    pub(super) fn read(recorded: &RecordedEvent) -> Result<Self, RolloutError> {
        let Body { name, version, digest, bytes, description, signatures, sbom, against } = event::read(recorded)?;
        let (seq, at, by) = (recorded.seq, recorded.at.clone(), recorded.actor.clone());
        Ok(Self { seq, at, by, name, version, digest, bytes, description, signatures, sbom, against })
    }
}

impl Yank {
    /// What was yanked, and the yank.
    pub(super) fn read(recorded: &RecordedEvent) -> Result<((String, Version), Self), RolloutError> {
        let YankBody { name, version, digest, reason } = event::read(recorded)?;
        let (seq, at, by) = (recorded.seq, recorded.at.clone(), recorded.actor.clone());
        Ok(((name, version), Self { seq, at, by, reason, digest }))
    }

    /// The event that says that a module was yanked.
    pub(super) fn event(name: &str, version: &Version, digest: Digest, act: Act<'_>) -> Result<Prepared, RolloutError> {
        let body = json!({ "name": name, "version": version, "digest": digest, "reason": act.reason });
        event::write(EventKind::Yanked, body, Vec::new(), act)
    }
}
