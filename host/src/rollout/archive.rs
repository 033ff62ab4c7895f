//! The modules that sets of a deployment can name: those that are part of the program, and those that were published.

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use super::{Against, History, Publication, RolloutError, Yank};
use crate::ledger::{Ledger, LedgerError};
use crate::model::Digest;
use crate::modules::{
    Archive, ArchiveError, Archived, Component, Inspected, ModuleReference, ReleasedModules, released,
};

/// Where a module is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// It is part of the program.
    Embedded,
    /// It was published in the deployment.
    Published,
}

/// A version of a module that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownModule {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// The digest of its component.
    pub digest: Digest,
    /// Where it is from.
    pub origin: Origin,
    /// How it came here; nothing for one of the program that no set of the deployment ever used.
    pub publication: Option<Publication>,
    /// Why no new set may name it, if none may.
    pub yank: Option<Yank>,
}

/// All modules that are known.
pub struct ModuleArchive<'l> {
    ledger: Option<&'l Ledger>,
    known: Vec<KnownModule>,
}

impl<'l> ModuleArchive<'l> {
    /// The program's modules, and where there is a ledger those that were published.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn open(ledger: Option<&'l Ledger>) -> Result<Self, RolloutError> {
        let history = ledger.map(History::read).transpose()?.unwrap_or_default();
        Ok(Self::new(ledger, &history))
    }

    /// As [`open`](Self::open), with the ledger's history.
    #[must_use]
    pub fn new(ledger: Option<&'l Ledger>, history: &History) -> Self {
        let mut known: Vec<KnownModule> = Vec::new();
        for publication in &history.publications {
            let Publication { name, version, digest, .. } = publication.clone();
            // The first one of a version is the one that it stays.
            if known.iter().any(|module| (&module.name, &module.version) == (&name, &version)) {
                continue;
            }
            let embedded = ReleasedModules.by_digest(digest).is_some();
            let origin = if embedded { Origin::Embedded } else { Origin::Published };
            let yank = history.yanks.get(&(name.clone(), version.clone())).cloned();
            known.push(KnownModule { name, version, digest, origin, publication: Some(publication.clone()), yank });
        }
        for module in released() {
            if known.iter().any(|one| one.name == module.name && one.version == module.version) {
                continue;
            }
            let name = module.name.to_owned();
            let yank = history.yanks.get(&(name.clone(), module.version.clone())).cloned();
            let (version, digest, origin) = (module.version, module.digest, Origin::Embedded);
            known.push(KnownModule { name, version, digest, origin, publication: None, yank });
        }
        known.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
        Self { ledger, known }
    }

    /// Every version of every module, in the order of names and versions.
    #[must_use]
    pub fn all(&self) -> &[KnownModule] {
        &self.known
    }

    /// One version of a module.
    #[must_use]
    pub fn get(&self, name: &str, version: &Version) -> Option<&KnownModule> {
        self.known.iter().find(|module| module.name == name && module.version == *version)
    }

    /// The newest version of a module before another one.
    #[must_use]
    pub fn before(&self, name: &str, version: &Version) -> Option<&KnownModule> {
        self.known.iter().rfind(|module| module.name == name && module.version < *version)
    }

    /// What a module said of itself when it was published or released, without settings; none if that was not kept.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn described(&self, module: &KnownModule) -> Result<Option<Inspected>, RolloutError> {
        let unreadable = |error: serde_json::Error| RolloutError::Unreadable {
            seq: module.publication.as_ref().map_or(0, |publication| publication.seq),
            message: format!("the description of {}@{}: {error}", module.name, module.version),
        };
        if let Some(of_program) = released().find(|one| one.digest == module.digest) {
            return of_program.described().map(Some).map_err(unreadable);
        }
        let digest = module.publication.as_ref().and_then(|publication| publication.description);
        let (Some(digest), Some(ledger)) = (digest, self.ledger) else { return Ok(None) };
        let text = ledger.object(&digest)?.ok_or(LedgerError::MissingObject(digest))?;
        serde_json::from_slice(&text).map(Some).map_err(unreadable)
    }

    /// What a module is made of, as it came along when it was published; none if nothing did.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn sbom(&self, module: &KnownModule) -> Result<Option<String>, RolloutError> {
        let publication = module.publication.as_ref().and_then(|known| Some((known.seq, known.sbom?)));
        let (Some((seq, digest)), Some(ledger)) = (publication, self.ledger) else { return Ok(None) };
        let text = ledger.object(&digest)?.ok_or(LedgerError::MissingObject(digest))?;
        let unreadable = |error: std::string::FromUtf8Error| RolloutError::Unreadable {
            seq,
            message: format!("what {}@{} is made of: {error}", module.name, module.version),
        };
        String::from_utf8(text).map(Some).map_err(unreadable)
    }

    /// How a module differs from the version before it; none if there is none, or what it said of itself was not kept.
    ///
    /// # Errors
    /// If a description cannot be read.
    pub fn against(&self, new: &Inspected, version: &Version) -> Result<Option<Against>, RolloutError> {
        let Some(before) = self.before(&new.name, version) else { return Ok(None) };
        let Some(described) = self.described(before)? else { return Ok(None) };
        let changes = crate::modules::differences(&described, new);
        Ok(Some(Against { version: before.version.to_string(), digest: before.digest, changes }))
    }

    /// The component of a module that is known.
    ///
    /// # Errors
    /// [`ArchiveError::Kept`] if the ledger cannot be read.
    pub fn component(&self, module: &KnownModule) -> Result<Component, ArchiveError> {
        let kept =
            |message: String| ArchiveError::Kept { name: format!("{}@{}", module.name, module.version), message };
        if let Some(component) = ReleasedModules.by_digest(module.digest) {
            return Ok(component);
        }
        let found = self.ledger.map(|ledger| ledger.object(&module.digest)).transpose();
        let found = found.map_err(|error| kept(error.to_string()))?.flatten();
        found.map(Component::from).ok_or_else(|| kept(format!("the ledger has no object {}", module.digest)))
    }
}

impl Archive for ModuleArchive<'_> {
    fn find(&self, reference: &ModuleReference) -> Result<Archived, ArchiveError> {
        let ModuleReference::Named { name, version: range } = reference else {
            return ReleasedModules.find(reference);
        };
        let versions: Vec<_> = self.known.iter().filter(|module| module.name == *name).collect();
        let mut in_range = versions.iter().filter(|module| range.matches(&module.version));
        let Some(newest) = in_range.clone().rfind(|module| module.yank.is_none()) else {
            return Err(match in_range.next_back() {
                Some(KnownModule { version, yank: Some(yank), .. }) => {
                    ArchiveError::Yanked { module: format!("{name}@{version}"), reason: yank.reason.clone() }
                }
                _ => self.unknown(name, range, &versions),
            });
        };
        let release = Some((name.clone(), newest.version.clone()));
        Ok(Archived { release, digest: newest.digest, component: self.component(newest)? })
    }

    fn by_digest(&self, digest: Digest) -> Option<Component> {
        let kept = || self.ledger.and_then(|ledger| ledger.object(&digest).ok().flatten()).map(Component::from);
        ReleasedModules.by_digest(digest).or_else(kept)
    }
}

impl ModuleArchive<'_> {
    fn unknown(&self, name: &str, range: &semver::VersionReq, versions: &[&KnownModule]) -> ArchiveError {
        let list = |texts: Vec<String>| texts.join(", ");
        if versions.is_empty() {
            let mut names: Vec<_> = self.known.iter().map(|module| module.name.clone()).collect();
            names.dedup();
            return ArchiveError::UnknownName { name: name.to_owned(), known: list(names) };
        }
        let known = list(versions.iter().map(|module| module.version.to_string()).collect());
        ArchiveError::UnknownVersion { name: name.to_owned(), range: range.to_string(), known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ObjectKind;
    use crate::model::ModuleKind;
    use crate::rollout::{Act, NewPublication, record};

    const ACT: Act<'_> = Act { by: "ana", at: "2026-11-20T09:00:00Z", reason: "broken" };

    fn publish(ledger: &mut Ledger, name: &str, version: &str) {
        let text = format!("{name}@{version}");
        let digest = ledger.put_object(ObjectKind::Module, text.as_bytes()).unwrap();
        let (kind, bytes) = (ModuleKind::Policy, text.len());
        let sbom = Some(ledger.put_object(ObjectKind::Sbom, text.to_uppercase().as_bytes()).unwrap());
        let new = NewPublication {
            kind,
            name,
            version,
            digest,
            bytes,
            description: None,
            signatures: &[],
            sbom,
            against: None,
        };
        let event = new.event(ACT).unwrap();
        let history = History::read(ledger).unwrap();
        record(ledger, &history, &[event]).unwrap();
    }

    #[test]
    fn all_are_listed_once_and_in_order_and_the_newest_that_is_not_yanked_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
        for version in ["10.0.0", "9.0.0", "9.5.0"] {
            publish(&mut ledger, "mine", version);
        }
        let history = History::read(&ledger).unwrap();
        let archive = ModuleArchive::new(Some(&ledger), &history);
        assert_eq!(archive.all().len(), released().count() + 3);
        assert!(archive.all().is_sorted_by_key(|module| (module.name.clone(), module.version.clone())));
        let find = |archive: &ModuleArchive<'_>, text: &str| archive.find(&text.parse().unwrap());
        let newest = find(&archive, "mine@9").unwrap();
        assert_eq!(newest.release.unwrap().1.to_string(), "9.5.0");
        assert_eq!(&*newest.component, b"mine@9.5.0");
        assert!(find(&archive, "mine@7").unwrap_err().to_string().contains("9.0.0, 9.5.0, 10.0.0"));
        assert!(find(&archive, "confidnce@1").unwrap_err().to_string().contains("confidence"));
        let module = archive.get("mine", &"9.5.0".parse().unwrap()).unwrap();
        assert_eq!(archive.sbom(module).unwrap().as_deref(), Some("MINE@9.5.0"), "it came along, and is kept");
        assert_eq!(archive.before("mine", &"10.0.0".parse().unwrap()).unwrap().version.to_string(), "9.5.0");

        for version in ["9.5.0", "9.0.0"] {
            let history = History::read(&ledger).unwrap();
            let yank = history.yank("mine", &version.parse().unwrap(), Digest::of(b""), ACT).unwrap();
            record(&mut ledger, &history, &[yank]).unwrap();
            let archive = ModuleArchive::open(Some(&ledger)).unwrap();
            match find(&archive, "mine@9") {
                Ok(found) => assert_eq!(found.release.unwrap().1.to_string(), "9.0.0"),
                Err(error) => assert!(error.to_string().contains("was yanked (broken)"), "{error}"),
            }
            // What a lock pins is still there.
            assert!(archive.by_digest(Digest::of(b"mine@9.5.0")).is_some());
        }
        let again = History::read(&ledger).unwrap().yank("mine", &"9.0.0".parse().unwrap(), Digest::of(b""), ACT);
        assert!(matches!(again, Err(RolloutError::YankedBefore { .. })));
    }

    #[test]
    fn what_the_program_brings_can_be_yanked_though_nobody_published_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
        let module = released().next().unwrap();
        let yank = History::default().yank(module.name, &module.version, module.digest, ACT).unwrap();
        record(&mut ledger, &History::default(), &[yank]).unwrap();
        let archive = ModuleArchive::open(Some(&ledger)).unwrap();
        let error = archive.find(&format!("{}@1", module.name).parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains("was yanked (broken)"), "{error}");
    }

    #[test]
    fn what_the_program_brings_is_described() {
        let archive = ModuleArchive::open(None).unwrap();
        let module = archive.all().iter().find(|module| module.name == "confidence").unwrap();
        assert_eq!((module.origin, &module.publication), (Origin::Embedded, &None));
        assert_eq!(archive.described(module).unwrap().unwrap().digest, module.digest);
        assert_eq!(archive.sbom(module).unwrap(), None);
        assert!(archive.against(&archive.described(module).unwrap().unwrap(), &module.version).unwrap().is_none());
    }
}
