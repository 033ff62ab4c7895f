//! What a component says of itself beside its code: name, version, licence and revision of the source, in the
//! component model's standard metadata.

use std::path::Path;
use std::process::Command;

use wasm_metadata::{AddMetadata, AddMetadataField};

use super::{AuthoringError, CloseError, Project};

/// The component with its project's metadata.
pub(super) fn with_metadata(component: &[u8], project: &Project) -> Result<Vec<u8>, AuthoringError> {
    let wrong = |key: &str, error: String| AuthoringError::Manifest {
        path: project.folder.join(super::project::MANIFEST),
        message: format!("key `{key}`: {error}"),
    };
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(project.manifest.name.clone());
    let version = project.manifest.version.to_string();
    metadata.version = AddMetadataField::Set(version.parse().map_err(|error| wrong("version", format!("{error}")))?);
    if let Some(license) = &project.manifest.license {
        metadata.licenses =
            AddMetadataField::Set(license.parse().map_err(|error| wrong("license", format!("{error}")))?);
    }
    if let Some(revision) = revision(&project.folder) {
        metadata.revision =
            AddMetadataField::Set(revision.parse().map_err(|error| wrong("revision", format!("{error}")))?);
    }
    metadata
        .to_wasm(component)
        .map_err(|error| CloseError::Unusual(format!("its metadata cannot be written: {error:#}")).into())
}

/// The commit that the folder's sources are of; none outside of a repository, or if something there was changed since.
fn revision(folder: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let answer = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
        answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
    };
    if !git(&["status", "--porcelain", "--", "."])?.is_empty() {
        return None;
    }
    git(&["rev-parse", "HEAD"])
}
