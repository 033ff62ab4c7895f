//! What a service can be asked about modules, and to publish and withdraw.

use semver::Version;
use ureq::http::StatusCode;

use super::RemoteError;
use super::asking::{Question, Service, part};
use crate::model::Digest;
use crate::modules::Inspected;
use crate::registry::is_sbom_of;
use crate::rollout::Yank;
use crate::runtime::Published;
use crate::web::{Code, ListedModule, Modules, Reason, WantedPublication, WhyIntervene};

/// Where a version of a module stands.
fn at(name: &str, version: &str) -> String {
    format!("/v1/modules/{}/{}", part(name), part(version))
}

impl Service {
    /// The modules that its sets can name.
    pub(crate) fn modules(&self) -> Result<Vec<ListedModule>, RemoteError> {
        let Modules { modules } = self.read("/v1/modules")?;
        Ok(modules)
    }

    /// What a module says of itself; none if that was not kept.
    pub(crate) fn described(&self, module: &ListedModule) -> Result<Option<Inspected>, RemoteError> {
        match self.read::<Inspected>(&at(&module.name, &module.version)) {
            Ok(found) if found.digest == module.digest => Ok(Some(found)),
            Ok(_) => Err(self.strange("it describes another module", StatusCode::OK)),
            Err(error) if error.said().is_some_and(|said| said.is(Code::NotFound)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a module is made of.
    pub(crate) fn sbom(&self, module: &ListedModule) -> Result<String, RemoteError> {
        let text = self.text(&format!("{}/sbom", at(&module.name, &module.version)))?;
        if is_sbom_of(&text, module.digest) {
            return Ok(text);
        }
        Err(self.strange("what it says that a module is made of is not about that module", StatusCode::OK))
    }

    /// Publishes a component, with the files of its signatures.
    pub(crate) fn publish(
        &self,
        component: &[u8],
        bundles: &[Vec<u8>],
        scripted: bool,
    ) -> Result<Published, RemoteError> {
        let path = if scripted { "/v1/modules?scripted=true" } else { "/v1/modules" };
        let published: Published = self.act(&Question::post(path, &WantedPublication::new(component, bundles)))?;
        if published.digest == Digest::of(component) {
            return Ok(published);
        }
        Err(self.strange("it says that it published something else than it was sent", StatusCode::OK))
    }

    /// Withdraws a module.
    pub(crate) fn yank(&self, name: &str, version: &Version, reason: Reason) -> Result<Yank, RemoteError> {
        let path = format!("{}/yank", at(name, &version.to_string()));
        self.act(&Question::post(&path, &WhyIntervene { reason }))
    }
}
