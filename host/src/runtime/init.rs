//! Makes a new deployment from the defaults that are part of the program.

use std::fs;
use std::io::Write;
use std::path::Path;

use rand::random;

use super::{Deployment, DeploymentError, Home, keep_signing_key, make_signing_key};
use crate::ledger::{Ledger, NoteSigner, ObjectKind, Prepared, VerifierKey};
use crate::modules::{LockedModule, PolicySet, SetError, released};
use crate::rollout::{Act, History, NewPublication};
use crate::sandbox::{Allocation, Worker};

const CONFIG: &str = include_str!("../../defaults/countersign.toml");
/// The inventory of fields that a new deployment starts with.
pub const DEFAULT_CATALOGUE: &str = include_str!("../../defaults/catalogue.toml");
/// The name of the set that a new deployment starts with, and its file.
pub(super) const DEFAULT_SET: &str = "crm-default";
pub(super) const SET: &str = include_str!("../../defaults/sets/crm-default.toml");

/// What was made.
#[derive(Clone, Debug)]
pub struct Initialised {
    /// The set that is active.
    pub set: crate::model::SetRef,
    /// How many modules were published.
    pub modules: usize,
    /// What others verify the ledger's checkpoints with.
    pub key: VerifierKey,
}

/// Makes a deployment in a folder that does not exist or is empty: the files that people edit, the default
/// set locked and active, its modules published, and a ledger that begins with these events. The ledger's checkpoints are
/// signed with the key that is given, or with a new one.
///
/// # Errors
/// See [`DeploymentError`]. What was made before the error is removed again.
pub fn init(
    home: &Home,
    worker: Worker,
    at: &str,
    actor: &str,
    key: Option<NoteSigner>,
) -> Result<Initialised, DeploymentError> {
    let folder = home.folder();
    let existed = folder.exists();
    if existed && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(DeploymentError::Exists { path: folder.to_owned() });
    }
    let made = make(home, worker, at, actor, key);
    if made.is_err() {
        // Nothing half done: the folder was ours alone.
        let _ = fs::remove_dir_all(folder);
        if existed {
            let _ = fs::create_dir(folder);
        }
    }
    made
}

fn make(
    home: &Home,
    worker: Worker,
    at: &str,
    actor: &str,
    key: Option<NoteSigner>,
) -> Result<Initialised, DeploymentError> {
    let write = |path: &Path, text: &str| {
        fs::File::create(path)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .map_err(|error| DeploymentError::Write { path: path.to_owned(), error })
    };
    create_private(home.folder())?;
    create_private(&home.sets())?;
    write(&home.catalogue(), DEFAULT_CATALOGUE)?;
    write(&home.sets().join(format!("{DEFAULT_SET}.toml")), SET)?;
    write(&home.config(), CONFIG)?;
    let deployment = Deployment::open(home.clone(), Allocation::OnDemand, worker)?;
    let set = deployment.set(DEFAULT_SET)?;
    let mut ledger = Ledger::create(home.ledger())?;
    deployment.keep(&mut ledger, &set, at, actor)?;
    let act = Act { by: actor, at, reason: "" };
    ledger.append(&[History::begin(&set, deployment.catalogue_digest, act)?])?;
    let signer = match key {
        Some(signer) => keep_signing_key(&home.signing_key(), &signer).map(|()| signer)?,
        None => make_signing_key(&home.signing_key(), &ledger)?,
    };
    Ok(Initialised { set: set.set_ref.clone(), modules: set.modules.len(), key: signer.verifier().clone() })
}

pub(super) fn create_private(folder: &Path) -> Result<(), DeploymentError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let closed = builder.create(folder).and_then(|()| close(folder));
    closed.map_err(|error| DeploymentError::Write { path: folder.to_owned(), error })
}

/// An empty folder that was there before may be open to others.
#[cfg(unix)]
fn close(folder: &Path) -> std::io::Result<()> {
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
}

#[cfg(not(unix))]
fn close(_: &Path) -> std::io::Result<()> {
    Ok(())
}

impl Deployment {
    /// Keeps everything that decisions of a set cite, and records the modules that the ledger did not have
    /// yet as published.
    ///
    /// # Errors
    /// If the ledger fails.
    pub fn keep(&self, ledger: &mut Ledger, set: &PolicySet, at: &str, actor: &str) -> Result<(), DeploymentError> {
        ledger.put_object(ObjectKind::Catalogue, self.catalogue_text.as_bytes())?;
        let mut new = Vec::new();
        for module in &set.modules {
            ledger.put_object(ObjectKind::Settings, module.settings.as_bytes())?;
            if !ledger.has_object(&module.locked.digest)? {
                ledger.put_object(ObjectKind::Module, &module.component)?;
                new.push(published(ledger, &module.locked, module.component.len(), Act { by: actor, at, reason: "" })?);
            }
        }
        keep_lock(ledger, set)?;
        ledger.append(&new)?;
        Ok(())
    }
}

/// Keeps the lock of a set.
pub(super) fn keep_lock(ledger: &mut Ledger, set: &PolicySet) -> Result<(), DeploymentError> {
    let unwritable =
        |error: serde_json::Error| SetError::Unwritable { set: set.lock.name.clone(), message: error.to_string() };
    let lock = set.lock.canonical().map_err(unwritable)?;
    ledger.put_object(ObjectKind::SetLock, lock.as_bytes())?;
    Ok(())
}

/// The event that says that a module of a set was published. One that is part of the program goes under the name that it was
/// released with, and with what it says of itself.
fn published(
    ledger: &mut Ledger,
    locked: &LockedModule,
    bytes: usize,
    act: Act<'_>,
) -> Result<Prepared, DeploymentError> {
    let LockedModule { kind, digest, .. } = *locked;
    let of_program = released().find(|module| module.digest == digest);
    let (name, version, description) = match &of_program {
        Some(module) => {
            let description = ledger.put_object(ObjectKind::Description, module.description().as_bytes())?;
            (module.name.to_owned(), module.version.to_string(), Some(description))
        }
        None => (locked.name.clone(), locked.version.clone(), None),
    };
    let (name, version) = (name.as_str(), version.as_str());
    let new =
        NewPublication { kind, name, version, digest, bytes, description, signatures: &[], sbom: None, against: None };
    Ok(new.event(act)?)
}

/// A seed for the salts of one event.
#[must_use]
pub fn seed() -> [u8; 32] {
    random()
}
