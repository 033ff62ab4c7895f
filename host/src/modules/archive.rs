//! Where components come from.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use semver::Version;

use super::ModuleReference;
use crate::model::Digest;

/// The bytes of a component.
pub type Component = Cow<'static, [u8]>;

/// A component found.
#[derive(Clone, Debug)]
pub struct Archived {
    /// The name and version it was released under; none for a plain file.
    pub release: Option<(String, Version)>,
    /// Its digest.
    pub digest: Digest,
    /// Its bytes.
    pub component: Component,
}

impl Archived {
    /// The bytes, if they are those of this digest.
    #[must_use]
    pub fn component_of(self, digest: Digest) -> Option<Component> {
        (self.digest == digest).then_some(self.component)
    }
}

/// Why a component was not found.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is none of this name.
    #[error("no module is called `{name}`; there are: {known}")]
    UnknownName {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// There is none in the range.
    #[error("no version of `{name}` is in the range {range}; there are: {known}")]
    UnknownVersion {
        /// The name.
        name: String,
        /// The range.
        range: String,
        /// The versions that there are.
        known: String,
    },
    /// All in the range were yanked.
    #[error("{module} was yanked ({reason}): no new set may name it; choose another version")]
    Yanked {
        /// Its name and version.
        module: String,
        /// Why.
        reason: String,
    },
    /// What was published cannot be read.
    #[error("the module {name} cannot be read: {message}")]
    Kept {
        /// Its name and version.
        name: String,
        /// Why.
        message: String,
    },
    /// A file cannot be read.
    #[error("cannot read the component {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// Somewhere that components come from.
pub trait Archive {
    /// Finds what a reference means.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    fn find(&self, reference: &ModuleReference) -> Result<Archived, ArchiveError>;

    /// The component of a digest, if it is here.
    fn by_digest(&self, digest: Digest) -> Option<Component>;
}

/// Files beside a set, and another archive for everything else.
pub struct FolderArchive<'a> {
    /// The folder that files are relative to.
    pub folder: &'a Path,
    /// Where names are looked up.
    pub named: &'a dyn Archive,
}

impl Archive for FolderArchive<'_> {
    fn find(&self, reference: &ModuleReference) -> Result<Archived, ArchiveError> {
        let ModuleReference::File(file) = reference else { return self.named.find(reference) };
        let path = self.folder.join(file);
        let component = fs::read(&path).map_err(|error| ArchiveError::File { path, error })?;
        Ok(Archived { release: None, digest: Digest::of(&component), component: component.into() })
    }

    fn by_digest(&self, digest: Digest) -> Option<Component> {
        self.named.by_digest(digest)
    }
}
