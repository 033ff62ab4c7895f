//! A component on its way into the archive, wherever it is from: vouched for before anything looks into it, then looked into.

use super::vouch::Vouched;
use super::{Deployment, DeploymentError};
use crate::modules::Inspected;
use crate::sandbox::{SetupRequest, Shape};

/// A component that was let in and looked into, and that can be published.
#[derive(Debug)]
pub struct Arrival<'c> {
    pub(super) vouched: Vouched<'c>,
    pub(super) described: Inspected,
    pub(super) sbom: Option<String>,
}

impl Deployment {
    /// Lets in a component of a shape, with the files of its signatures. Where signatures are asked for, nothing has looked into it
    /// before this.
    ///
    /// # Errors
    /// [`DeploymentError::Untrusted`] if nobody vouches for it who is trusted; if the sandbox does not let it in; if what it says of
    /// itself cannot be read.
    pub fn let_in<'c>(
        &self,
        component: &'c [u8],
        bundles: Vec<Vec<u8>>,
        shape: Shape,
    ) -> Result<Arrival<'c>, DeploymentError> {
        let vouched = self.vouched(component, bundles)?;
        let digest = vouched.digest();
        let request = SetupRequest { settings: "{}".to_owned(), shape, strict: false, snapshot: false };
        let ready = self.sandbox.inspect(component, digest, &request)?;
        let described =
            Inspected::new(ready, &request, digest, component.len()).map_err(DeploymentError::NoSettingsSchema)?;
        Ok(Arrival { vouched, described, sbom: None })
    }
}

impl Arrival<'_> {
    /// The same, with what it is made of as that came along.
    #[must_use]
    pub fn made_of(self, sbom: Option<String>) -> Self {
        Self { sbom, ..self }
    }

    /// What it calls itself.
    #[must_use]
    pub fn module(&self) -> String {
        format!("{}@{}", self.described.name, self.described.version)
    }
}
