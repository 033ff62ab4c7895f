//! Publishing a module: it is kept under its name and version from then on, and the ledger says so.

use std::fs;
use std::io::Write;

use semver::Version;

use super::init::{NewModule, create_private, published};
use super::{Deployment, DeploymentError, Vouched};
use crate::ledger::{Ledger, ObjectKind, Readers, replace_file};
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
    /// Publishes a component under the name and version that it gives itself, and keeps beside it the signatures that vouch
    /// for it.
    ///
    /// # Errors
    /// [`DeploymentError::OtherBytes`] if other bytes are known under that version; a version never changes.
    /// [`DeploymentError::Untrusted`] if those do not vouch for it whom the rule for its name asks for.
    pub fn publish(
        &self,
        ledger: &mut Ledger,
        vouched: &Vouched<'_>,
        ready: &Ready,
        at: &str,
        actor: &str,
    ) -> Result<Publication, DeploymentError> {
        let description = &ready.description;
        let folder = self.home.modules();
        let kept = KeptModules { folder: &folder };
        let (component, digest) = (vouched.component(), vouched.digest());
        let signers = vouched.signers(&description.name)?;
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
        let module = NewModule {
            kind: ready.admitted.kind,
            name: &description.name,
            version: &description.version,
            digest,
            bytes: component.len(),
        };
        ledger.append(&[published(&module, &signers, at, actor)?])?;
        // Before the component: where that is, its signatures are too.
        let bundles = vouched.bundles_of(&signers);
        for (path, bundle) in kept.bundles(&description.name, &version, bundles.len()).into_iter().zip(bundles) {
            replace_file(&path, bundle, Readers::Owner).map_err(|error| DeploymentError::Write { path, error })?;
        }
        let failed = |error| DeploymentError::Write { path: path.clone(), error };
        let mut file = tempfile::NamedTempFile::new_in(parent).map_err(failed)?;
        file.write_all(component).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        fs::File::open(parent).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(Publication::New)
    }
}
