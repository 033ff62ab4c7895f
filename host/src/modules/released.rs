//! The released modules that are part of the program, so that it does its main job with nothing
//! installed. `policies/released/` holds them with an index of their digests.

use semver::Version;

use super::archive::{Archive, ArchiveError, Archived, Component};
use super::{Inspected, ModuleReference};
use crate::model::Digest;

/// Name, version, digest, component and description.
type Row = (&'static str, &'static str, [u8; 32], &'static [u8], &'static str);

include!(concat!(env!("OUT_DIR"), "/released.rs"));

/// The released modules that are part of the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReleasedModules;

/// One released module.
#[derive(Clone, Debug)]
pub struct Released {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: Version,
    /// The digest of its component, taken when the program was built.
    pub digest: Digest,
    /// Its component.
    pub component: &'static [u8],
    /// What it says of itself, in JSON.
    description: &'static str,
}

impl Released {
    /// What it says of itself without any settings, in JSON.
    #[must_use]
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// The [description](Self::description), read.
    ///
    /// # Errors
    /// None that can be met: a test reads them all.
    pub fn described(&self) -> Result<Inspected, serde_json::Error> {
        serde_json::from_str(self.description)
    }
}

/// Every released module, by name and version.
pub fn released() -> impl Iterator<Item = Released> {
    RELEASED.iter().filter_map(|(name, version, digest, component, description)| {
        let (version, digest) = (Version::parse(version).ok()?, Digest::from_bytes(*digest));
        Some(Released { name, version, digest, component, description })
    })
}

impl Archive for ReleasedModules {
    fn find(&self, reference: &ModuleReference) -> Result<Archived, ArchiveError> {
        let ModuleReference::Named { name, version: range } = reference else {
            let error = std::io::Error::new(std::io::ErrorKind::NotFound, "released modules are not files");
            return Err(ArchiveError::File { path: reference.to_string().into(), error });
        };
        let versions: Vec<_> = released().filter(|module| module.name == name).collect();
        if versions.is_empty() {
            let mut known: Vec<_> = released().map(|module| module.name).collect();
            known.dedup();
            return Err(ArchiveError::UnknownName { name: name.clone(), known: known.join(", ") });
        }
        let in_range = versions.iter().filter(|module| range.matches(&module.version));
        let Some(newest) = in_range.max_by(|a, b| a.version.cmp(&b.version)) else {
            let known: Vec<_> = versions.iter().map(|module| module.version.to_string()).collect();
            return Err(ArchiveError::UnknownVersion {
                name: name.clone(),
                range: range.to_string(),
                known: known.join(", "),
            });
        };
        Ok(Archived {
            release: Some((name.clone(), newest.version.clone())),
            digest: newest.digest,
            component: Component::Borrowed(newest.component),
        })
    }

    fn by_digest(&self, digest: Digest) -> Option<Component> {
        released().find(|module| module.digest == digest).map(|module| Component::Borrowed(module.component))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_taken_at_build_time_are_those_of_the_bytes() {
        for module in released() {
            assert_eq!(module.digest, Digest::of(module.component), "{}", module.name);
            let described = module.described().unwrap();
            assert_eq!(
                (described.name.as_str(), &described.version, described.digest, described.bytes),
                (module.name, &module.version.to_string(), module.digest, module.component.len())
            );
        }
    }

    #[test]
    fn an_unknown_name_or_version_is_answered_with_those_that_there_are() {
        let find = |text: &str| ReleasedModules.find(&text.parse().unwrap()).unwrap_err().to_string();
        assert!(find("confidnce@1").contains("confidence"));
        assert!(find("confidence@7").contains("1.0.0"));
    }
}
