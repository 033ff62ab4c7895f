//! Who vouches for a component that is to be published, by the deployment's `trust.toml`.

use std::collections::BTreeSet;

use super::config::{ConfigError, read};
use super::{Deployment, DeploymentError};
use crate::ledger::{Ledger, LedgerError};
use crate::model::Digest;
use crate::modules::{Archive, PolicySet, ReleasedModules};
use crate::rollout::History;
use crate::signature::{Signer, Trust, Untrusted};

/// A component for which somebody vouches who is trusted, or which nobody asked anybody to vouch for. Nothing was parsed yet.
#[derive(Clone, Debug)]
pub(super) struct Vouched<'c> {
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
    pub(super) fn vouched<'c>(
        &self,
        component: &'c [u8],
        bundles: Vec<Vec<u8>>,
    ) -> Result<Vouched<'c>, DeploymentError> {
        let digest = Digest::of(component);
        let trust = self.trust()?;
        if let Some(trust) = &trust {
            trust.check_unnamed(digest, &bundles)?;
        }
        Ok(Vouched { component, digest, trust, bundles })
    }

    /// Asks whether those still vouch for each module of a set whom `trust.toml` asks for now: keys may have been revoked since
    /// they were published. What is part of the program is trusted as the program is. Where there is no such file, nobody is
    /// asked.
    pub(super) fn vouched_set(&self, ledger: &Ledger, set: &PolicySet) -> Result<(), DeploymentError> {
        let Some(trust) = self.trust()? else { return Ok(()) };
        let history = History::read(ledger)?;
        for module in &set.modules {
            let digest = module.locked.digest;
            if ReleasedModules.by_digest(digest).is_some() {
                continue;
            }
            let publication = history.publications.iter().find(|publication| publication.digest == digest);
            let mut bundles = Vec::new();
            for signature in publication.iter().flat_map(|publication| &publication.signatures) {
                let kept = ledger.object(&signature.bundle)?;
                bundles.push(kept.ok_or(LedgerError::MissingObject(signature.bundle))?);
            }
            let name = publication.map_or(&module.locked.name, |publication| &publication.name);
            trust.check(name, digest, &bundles)?;
        }
        Ok(())
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
    pub(super) const fn component(&self) -> &[u8] {
        self.component
    }

    /// Its digest.
    pub(super) const fn digest(&self) -> Digest {
        self.digest
    }

    /// Those who vouch for it under the name that it gives itself; nobody, where nobody is asked.
    ///
    /// # Errors
    /// [`Untrusted`]: why those do not whom the rule for this name asks for.
    pub(super) fn signers(&self, name: &str) -> Result<Vec<Signer>, Untrusted> {
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
