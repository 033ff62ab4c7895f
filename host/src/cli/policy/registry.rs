//! Which registry is asked, and how, as the command line takes it.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::registry::{ArtifactReference, Bounds, DockerConfig, Registry, RegistryError};
use crate::sandbox::Shape;
use crate::signature::LONGEST_BUNDLE;

/// How a registry is asked.
#[derive(Debug, Args)]
pub(super) struct RegistryArgs {
    /// How many seconds the registry may take for one answer, a whole component included.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u16).range(1..=3600))]
    timeout: u16,
    /// Trust the authorities in this file (PEM) instead of the usual ones.
    #[arg(long, value_name = "FILE")]
    registry_authorities: Option<PathBuf>,
}

impl RegistryArgs {
    /// The repository that a reference names, with the credentials that the docker config has for it.
    pub(super) fn registry(&self, reference: &ArtifactReference) -> Result<Registry, RegistryError> {
        let config = docker_config().map(|folder| DockerConfig::read(&folder)).transpose()?.unwrap_or_default();
        let credentials = config.credentials(&reference.host)?;
        let patience = Duration::from_secs(self.timeout.into());
        Registry::at(reference, credentials, patience, self.registry_authorities.as_deref())
    }
}

/// The folder of the docker config.
fn docker_config() -> Option<PathBuf> {
    match env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(folder.into()),
        None => env::home_dir().map(|home| home.join(".docker")),
    }
}

/// What is read of a module: as much as is let in.
pub(super) fn bounds(shape: Shape) -> Bounds {
    Bounds { component: shape.bytes as u64, bundle: LONGEST_BUNDLE as u64 }
}
