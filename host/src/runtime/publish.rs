//! Publishing a module: it is kept under its name and version from then on, and the ledger says so. Yanking it.

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::{Arrival, Deployment, DeploymentError};
use crate::ledger::{Ledger, ObjectKind};
use crate::model::Digest;
use crate::modules::SetError;
use crate::rollout::{Act, Against, History, ModuleArchive, NewPublication, RolloutError, Signature, Yank, record};
use crate::signature::Signer;

/// What came of publishing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Published {
    /// The name and version.
    pub module: String,
    /// The digest of its component.
    pub digest: Digest,
    /// The length of its component, in bytes.
    pub bytes: usize,
    /// Whether it is new here. The same bytes can be published again; then nothing is recorded.
    pub new: bool,
    /// Who vouches for it; nobody, where nobody has to.
    pub signatures: Vec<Signature>,
    /// The digest of what it is made of, if that came along and is kept with it.
    pub sbom: Option<Digest>,
    /// What it may do and see that the version before may not, and the other way round; nothing, if there is none before.
    pub against: Option<Against>,
}

/// What is known before a component is published.
struct Prepared {
    history: History,
    module: String,
    /// Whether it is new here.
    new: bool,
    signers: Vec<Signer>,
    against: Option<Against>,
}

impl Deployment {
    /// Publishes a component under the name and version that it gives itself, and keeps the signatures that vouch for it, and what it
    /// is made of if that came along.
    ///
    /// # Errors
    /// [`DeploymentError::OtherBytes`] if other bytes are known under that version; a version never changes.
    /// [`DeploymentError::Untrusted`] if those do not vouch for it whom the rule for its name asks for.
    pub fn publish(
        &self,
        ledger: &mut Ledger,
        arrival: &Arrival<'_>,
        act: Act<'_>,
    ) -> Result<Published, DeploymentError> {
        let Arrival { vouched, described, sbom } = arrival;
        let (name, digest, component) = (described.name.as_str(), vouched.digest(), vouched.component());
        let Prepared { history, module, new, signers, against } = prepare(ledger, arrival)?;
        let mut kept = None;
        let signature = |signer: &Signer| Signature {
            key: signer.key.to_string(),
            name: signer.name.clone(),
            bundle: signer.bundle,
        };
        let signatures: Vec<_> = signers.iter().map(signature).collect();
        if new {
            let text = serde_json::to_string(described).map_err(|error| {
                DeploymentError::Set(SetError::Unwritable { set: module.clone(), message: error.to_string() })
            })?;
            ledger.put_object(ObjectKind::Module, component)?;
            let description = Some(ledger.put_object(ObjectKind::Description, text.as_bytes())?);
            for bundle in vouched.bundles_of(&signers) {
                ledger.put_object(ObjectKind::Signature, bundle)?;
            }
            if let Some(sbom) = sbom {
                kept = Some(ledger.put_object(ObjectKind::Sbom, sbom.as_bytes())?);
            }
            let new = NewPublication {
                kind: described.kind,
                name,
                version: &described.version,
                digest,
                bytes: component.len(),
                description,
                signatures: &signatures,
                sbom: kept,
                against: against.as_ref(),
            };
            record(ledger, &history, &[new.event(act)?])?;
        }
        Ok(Published { module, digest, bytes: component.len(), new, signatures, sbom: kept, against })
    }

    /// Asks whether a component could be published now, and publishes nothing: of several, all or none are to be.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    pub fn may_publish(&self, ledger: &Ledger, arrival: &Arrival<'_>) -> Result<(), DeploymentError> {
        prepare(ledger, arrival).map(|_| ())
    }

    /// Yanks a module: no new set can name it, and what was decided with it still reproduces.
    ///
    /// # Errors
    /// If it is not known, or was yanked before.
    pub fn yank(
        &self,
        ledger: &mut Ledger,
        name: &str,
        version: &Version,
        act: Act<'_>,
    ) -> Result<Yank, DeploymentError> {
        let history = History::read(ledger)?;
        let archive = ModuleArchive::new(Some(ledger), &history);
        let module = archive.get(name, version).ok_or_else(|| RolloutError::NoModule(format!("{name}@{version}")))?;
        let digest = module.digest;
        let event = history.yank(name, version, digest, act)?;
        let seq = record(ledger, &history, &[event])?;
        Ok(Yank { seq, at: act.at.to_owned(), by: act.by.to_owned(), reason: act.reason.to_owned(), digest })
    }
}

fn prepare(ledger: &Ledger, Arrival { vouched, described, .. }: &Arrival<'_>) -> Result<Prepared, DeploymentError> {
    let (name, digest) = (described.name.as_str(), vouched.digest());
    let signers = vouched.signers(name)?;
    let version: Version = described
        .version
        .parse()
        .map_err(|_| DeploymentError::NoVersion { name: name.to_owned(), version: described.version.clone() })?;
    let module = format!("{name}@{version}");
    let history = History::read(ledger)?;
    let (new, against) = {
        let archive = ModuleArchive::new(Some(ledger), &history);
        let new = match archive.get(name, &version) {
            Some(known) if known.digest != digest => {
                return Err(DeploymentError::OtherBytes { name: module, known: known.digest, digest });
            }
            known => known.is_none_or(|known| known.publication.is_none()),
        };
        (new, archive.against(described, &version)?)
    };
    Ok(Prepared { history, module, new, signers, against })
}
