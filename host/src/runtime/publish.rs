//! Publishing a module: it is kept under its name and version from then on, and the ledger says so.

use std::fs;
use std::io::Write;

use semver::Version;

use super::init::{create_private, published};
use super::{Deployment, DeploymentError};
use crate::ledger::{Ledger, ObjectKind};
use crate::model::Digest;
use crate::modules::KeptModules;
use crate::sandbox::Ready;

/// Whether a version is new here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publication {
    /// It is.
    New,
    /// The same bytes were published before; nothing was written.
    Known,
}

impl Deployment {
    /// Publishes a component under the name and version that it gives itself.
    ///
    /// # Errors
    /// [`DeploymentError::OtherBytes`] if other bytes are known under that version; a version never changes.
    pub fn publish(
        &self,
        ledger: &mut Ledger,
        component: &[u8],
        ready: &Ready,
        at: &str,
        actor: &str,
    ) -> Result<Publication, DeploymentError> {
        let description = &ready.description;
        let folder = self.home.modules();
        let kept = KeptModules { folder: &folder };
        let digest = Digest::of(component);
        let version: Version = description.version.parse().map_err(|_| DeploymentError::NoVersion {
            name: description.name.clone(),
            version: description.version.clone(),
        })?;
        match kept.known(&description.name, &version)? {
            Some(known) if known == digest => return Ok(Publication::Known),
            Some(known) => {
                let name = format!("{}@{version}", description.name);
                return Err(DeploymentError::OtherBytes { name, known, digest });
            }
            None => {}
        }
        let path = kept.path(&description.name, &version);
        let parent = path.parent().unwrap_or(&folder);
        create_private(parent)?;
        // The ledger first: a file without an event would be a module that nobody published.
        ledger.put_object(ObjectKind::Module, component)?;
        let (name, version) = (description.name.as_str(), description.version.as_str());
        ledger.append(&[published(ready.admitted.kind, name, version, digest, component.len(), at, actor)?])?;
        let failed = |error| DeploymentError::Write { path: path.clone(), error };
        let mut file = tempfile::NamedTempFile::new_in(parent).map_err(failed)?;
        file.write_all(component).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        fs::File::open(parent).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(Publication::New)
    }
}
