//! Who vouches for a component that is to be published, by the deployment's `trust.toml`.

use std::collections::BTreeSet;

use super::config::{ConfigError, read};
use super::{Deployment, DeploymentError};
use crate::model::Digest;
use crate::signature::{Signer, Trust, Untrusted};

/// A component for which somebody vouches who is trusted, or which nobody asked anybody to vouch for. Nothing was parsed yet.
#[derive(Clone, Debug)]
pub struct Vouched<'c> {
    component: &'c [u8],
    digest: Digest,
    /// None where there is no `trust.toml`.
    trust: Option<Trust>,
    bundles: Vec<Vec<u8>>,
}

impl Deployment {
    /// Asks, before anything parses a component, whether somebody signed its digest whom some rule of `trust.toml` trusts. Where
    /// there is no such file, nobody is asked, and signatures are not looked at.
    ///
    /// # Errors
    /// [`DeploymentError::Untrusted`]: why nobody vouches for it.
    pub fn vouched<'c>(&self, component: &'c [u8], bundles: Vec<Vec<u8>>) -> Result<Vouched<'c>, DeploymentError> {
        let digest = Digest::of(component);
        let trust = self.trust()?;
        if let Some(trust) = &trust {
            trust.check_unnamed(digest, &bundles)?;
        }
        Ok(Vouched { component, digest, trust, bundles })
    }

    fn trust(&self) -> Result<Option<Trust>, ConfigError> {
        let path = self.home.trust();
        match read(&path) {
            Ok(text) => match Trust::parse(&text) {
                Ok(trust) => Ok(Some(trust)),
                Err(error) => Err(ConfigError::Wrong { path, message: error.to_string() }),
            },
            Err(ConfigError::Read { error, .. }) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Vouched<'_> {
    /// The component.
    #[must_use]
    pub const fn component(&self) -> &[u8] {
        self.component
    }

    /// Its digest.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Those who vouch for it under the name that it gives itself; nobody, where nobody is asked.
    ///
    /// # Errors
    /// [`Untrusted`]: why those do not whom the rule for this name asks for.
    pub fn signers(&self, name: &str) -> Result<Vec<Signer>, Untrusted> {
        match &self.trust {
            Some(trust) => trust.check(name, self.digest, &self.bundles),
            None => Ok(Vec::new()),
        }
    }

    /// The files that the signatures of these signers stand in, each once.
    pub(super) fn bundles_of(&self, signers: &[Signer]) -> Vec<&[u8]> {
        let mut wanted: BTreeSet<Digest> = signers.iter().map(|signer| signer.bundle).collect();
        let bundles = self.bundles.iter().map(Vec::as_slice);
        bundles.filter(|bundle| wanted.remove(&Digest::of(bundle))).collect()
    }
}
