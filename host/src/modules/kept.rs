//! The modules that a deployment has published, kept in its folder by name and version, beside the released ones.

use std::fs;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

use super::archive::{Archive, ArchiveError, Archived, Component};
use super::{ModuleReference, ReleasedModules, released};
use crate::model::Digest;

/// The modules of a deployment: `<name>/<version>.wasm` in a folder, and the released ones.
#[derive(Clone, Copy, Debug)]
pub struct KeptModules<'a> {
    /// The folder; it need not be there.
    pub folder: &'a Path,
}

/// Where a module is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// It is part of the program.
    Embedded,
    /// It was published in the deployment.
    Published,
}

/// A version of a module that sets can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownModule {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Where it is from.
    pub origin: Origin,
}

impl KeptModules<'_> {
    /// Every version of every module that sets can name, in the order of names and versions.
    #[must_use]
    pub fn all(&self) -> Vec<KnownModule> {
        let known = |name: &str, version, origin| KnownModule { name: name.to_owned(), version, origin };
        let mut all: Vec<_> = released().map(|module| known(module.name, module.version, Origin::Embedded)).collect();
        let folders = fs::read_dir(self.folder).into_iter().flatten().flatten();
        for name in folders.filter_map(|folder| folder.file_name().into_string().ok()) {
            let published = self.versions(&name).into_iter().map(|version| known(&name, version, Origin::Published));
            all.extend(published);
        }
        // Where both are there, the one of the program is what sets are given.
        all.sort_by(|a, b| (&a.name, &a.version, a.origin as u8).cmp(&(&b.name, &b.version, b.origin as u8)));
        all.dedup_by(|b, a| (&a.name, &a.version) == (&b.name, &b.version));
        all
    }

    /// The component of a module that [is known](Self::all).
    ///
    /// # Errors
    /// [`ArchiveError::File`] if its file cannot be read.
    pub fn component(&self, module: &KnownModule) -> Result<Archived, ArchiveError> {
        let KnownModule { name, version, .. } = module;
        let release = Some((name.clone(), version.clone()));
        if let Some(module) = released().find(|module| module.name == name && module.version == *version) {
            return Ok(Archived { release, digest: module.digest, component: Component::Borrowed(module.component) });
        }
        let path = self.path(name, version);
        let component = fs::read(&path).map_err(|error| ArchiveError::File { path, error })?;
        Ok(Archived { release, digest: Digest::of(&component), component: component.into() })
    }

    /// Where a version of a module is kept.
    #[must_use]
    pub fn path(&self, name: &str, version: &Version) -> PathBuf {
        self.folder.join(name).join(format!("{version}.wasm"))
    }

    /// Where so many files with signatures of a version of a module are kept.
    #[must_use]
    pub fn bundles(&self, name: &str, version: &Version, count: usize) -> Vec<PathBuf> {
        let folder = self.folder.join(name);
        match count {
            1 => vec![folder.join(format!("{version}.sigstore.json"))],
            _ => (1..=count).map(|number| folder.join(format!("{version}.{number}.sigstore.json"))).collect(),
        }
    }

    /// The digest under which a version of a module is known, published here or released.
    ///
    /// # Errors
    /// [`ArchiveError::File`] if its file cannot be read.
    pub fn known(&self, name: &str, version: &Version) -> Result<Option<Digest>, ArchiveError> {
        let of_release = released().find(|module| module.name == name && module.version == *version);
        if let Some(module) = of_release {
            return Ok(Some(module.digest));
        }
        let path = self.path(name, version);
        match fs::read(&path) {
            Ok(component) => Ok(Some(Digest::of(&component))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ArchiveError::File { path, error }),
        }
    }

    /// The versions of a name that are kept in the folder.
    fn versions(&self, name: &str) -> Vec<Version> {
        let files = fs::read_dir(self.folder.join(name)).into_iter().flatten().flatten();
        let version = |file: fs::DirEntry| file.file_name().to_str()?.strip_suffix(".wasm")?.parse().ok();
        files.filter_map(version).collect()
    }
}

impl Archive for KeptModules<'_> {
    fn find(&self, reference: &ModuleReference) -> Result<Archived, ArchiveError> {
        let ModuleReference::Named { name, version: range } = reference else {
            return ReleasedModules.find(reference);
        };
        let newest = self.versions(name).into_iter().filter(|version| range.matches(version)).max();
        let of_release = ReleasedModules.find(reference);
        let newer = |kept: &Version| match &of_release {
            Ok(Archived { release: Some((_, version)), .. }) => kept > version,
            _ => true,
        };
        let Some(version) = newest.filter(newer) else { return of_release };
        let path = self.path(name, &version);
        let component = fs::read(&path).map_err(|error| ArchiveError::File { path, error })?;
        let digest = Digest::of(&component);
        Ok(Archived { release: Some((name.clone(), version)), digest, component: component.into() })
    }

    fn by_digest(&self, digest: Digest) -> Option<Component> {
        ReleasedModules.by_digest(digest).or_else(|| {
            let names = fs::read_dir(self.folder).into_iter().flatten().flatten();
            let files = names.flat_map(|name| fs::read_dir(name.path()).into_iter().flatten().flatten());
            let mut components = files.filter_map(|file| fs::read(file.path()).ok());
            components.find(|component| Digest::of(component) == digest).map(Component::from)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_listed_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let kept = KeptModules { folder: folder.path() };
        let of_release = released().next().unwrap();
        for (name, version) in
            [("mine", "10.0.0"), ("mine", "9.0.0"), (of_release.name, &*of_release.version.to_string())]
        {
            let path = kept.path(name, &version.parse().unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        fs::write(folder.path().join("mine/notes.txt"), "").unwrap();
        let all = kept.all();
        assert_eq!(all.len(), released().count() + 2);
        assert!(all.is_sorted_by_key(|module| (module.name.clone(), module.version.clone())));
        let mine: Vec<_> = all.iter().filter(|module| module.origin == Origin::Published).collect();
        assert_eq!(mine.iter().map(|module| module.version.to_string()).collect::<Vec<_>>(), ["9.0.0", "10.0.0"]);
        assert_eq!(kept.component(mine[0]).unwrap().digest, Digest::of(b"mine"));
        let embedded = all.iter().find(|module| module.name == of_release.name).unwrap();
        let found = kept.component(embedded).unwrap();
        assert_eq!((embedded.origin, found.digest), (Origin::Embedded, of_release.digest));
    }
}
