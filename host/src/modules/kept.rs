//! The modules that a deployment has published, kept in its folder by name and version, beside the released ones.

use std::fs;
use std::path::{Path, PathBuf};

use semver::Version;

use super::archive::{Archive, ArchiveError, Archived, Component};
use super::{ModuleReference, ReleasedModules, released};
use crate::model::Digest;

/// The modules of a deployment: `<name>/<version>.wasm` in a folder, and the released ones.
#[derive(Clone, Copy, Debug)]
pub struct KeptModules<'a> {
    /// The folder; it need not be there.
    pub folder: &'a Path,
}

impl KeptModules<'_> {
    /// Where a version of a module is kept.
    #[must_use]
    pub fn path(&self, name: &str, version: &Version) -> PathBuf {
        self.folder.join(name).join(format!("{version}.wasm"))
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
