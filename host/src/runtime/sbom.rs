//! What a module is made of: as it came along, or else as far as its component says so.

use super::DeploymentError;
use crate::registry;
use crate::rollout::{KnownModule, ModuleArchive};

/// What came along with a module when it was published. Where nothing did, it is made from the component, as it is when the module
/// is sent to others.
///
/// # Errors
/// If the ledger or the component cannot be read.
pub fn sbom(archive: &ModuleArchive<'_>, module: &KnownModule) -> Result<String, DeploymentError> {
    match archive.sbom(module)? {
        Some(kept) => Ok(kept),
        None => Ok(registry::sbom(&module.name, &module.version.to_string(), &archive.component(module)?)?),
    }
}
