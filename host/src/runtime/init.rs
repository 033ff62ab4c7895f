//! Makes a new deployment from the defaults that are part of the program.

use std::fs;
use std::io::Write;
use std::path::Path;

use rand::random;
use serde_json::json;

use super::{Deployment, DeploymentError, Home, keep_signing_key, make_signing_key};
use crate::ledger::{Draft, EventKind, Ledger, NoteSigner, ObjectKind, Prepared, VerifierKey};
use crate::model::{Digest, ModuleKind};
use crate::modules::{LockedModule, PolicySet, SetError};
use crate::sandbox::{Allocation, Worker};
use crate::signature::Signer;

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
    let set = deployment.set(None)?;
    let mut ledger = Ledger::create(home.ledger())?;
    deployment.keep(&mut ledger, &set, at, actor)?;
    ledger.append(&[activated(&set, deployment.catalogue_digest, at, actor)?])?;
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
                let LockedModule { kind, name, version, digest, .. } = &module.locked;
                let bytes = module.component.len();
                let module = NewModule { kind: *kind, name, version, digest: *digest, bytes };
                new.push(published(&module, &[], at, actor)?);
            }
        }
        let unwritable =
            |error: serde_json::Error| SetError::Unwritable { set: set.lock.name.clone(), message: error.to_string() };
        let lock = set.lock.canonical().map_err(unwritable)?;
        ledger.put_object(ObjectKind::SetLock, lock.as_bytes())?;
        ledger.append(&new)?;
        Ok(())
    }
}

/// A module that the ledger is to know.
pub(super) struct NewModule<'a> {
    pub kind: ModuleKind,
    pub name: &'a str,
    pub version: &'a str,
    pub digest: Digest,
    pub bytes: usize,
}

/// The event that says that a module was published, and who vouched for it if somebody had to.
pub(super) fn published(
    module: &NewModule<'_>,
    signers: &[Signer],
    at: &str,
    actor: &str,
) -> Result<Prepared, DeploymentError> {
    let NewModule { kind, name, version, digest, bytes } = module;
    let mut body = json!({
        "kind": kind,
        "name": name,
        "version": version,
        "digest": digest,
        "bytes": bytes,
        "objects": [digest],
    });
    if let (Some(body), false) = (body.as_object_mut(), signers.is_empty()) {
        let signature =
            |Signer { key, name, bundle, .. }: &Signer| json!({ "key": key, "name": name, "bundle": bundle });
        body.insert("signatures".to_owned(), signers.iter().map(signature).collect());
    }
    event(EventKind::Published, &body, vec![*digest], at, actor)
}

fn activated(set: &PolicySet, catalogue: Digest, at: &str, actor: &str) -> Result<Prepared, DeploymentError> {
    let mut objects = vec![set.set_ref.digest, catalogue];
    objects.extend(set.modules.iter().flat_map(|module| [module.locked.digest, module.locked.settings]));
    objects.sort();
    objects.dedup();
    let body = json!({ "set": set.set_ref, "catalogue": catalogue, "objects": objects });
    event(EventKind::Activated, &body, objects, at, actor)
}

fn event(
    kind: EventKind,
    body: &serde_json::Value,
    objects: Vec<Digest>,
    at: &str,
    actor: &str,
) -> Result<Prepared, DeploymentError> {
    let draft = Draft {
        kind,
        at: at.to_owned(),
        actor: actor.to_owned(),
        body: body.to_string(),
        openings: None,
        index: None,
        objects,
    };
    Ok(draft.prepare()?)
}

/// A seed for the salts of one event.
#[must_use]
pub fn seed() -> [u8; 32] {
    random()
}
