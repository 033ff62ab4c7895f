//! Reading modules from one file. Nothing is unpacked and no path is followed: names are compared, and blobs are read where they
//! stand.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::io::{self, Read, Seek, SeekFrom};

use serde::Deserialize;
use tar::{Archive, EntryType};

use super::{BLOBS, INDEX_FILE, MARK, VERSION};
use crate::model::Digest;
use crate::registry::manifest::{Descriptor, Index, MANIFEST, Manifest, of_digest};
use crate::registry::unpack::{Store, is_module, unpack};
use crate::registry::{Bounds, Received, RegistryError, bounds};

/// A file with modules. Every digest of it holds.
pub struct Layout<R> {
    file: R,
    bounds: Bounds,
    index: Vec<Descriptor>,
    blobs: BTreeMap<Digest, Place>,
    referrers: BTreeMap<Digest, Vec<Descriptor>>,
}

/// Where a blob stands in the file, and how long it is.
#[derive(Clone, Copy)]
struct Place {
    at: u64,
    size: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    image_layout_version: String,
}

/// What is found on the way through a file.
#[derive(Default)]
struct Found {
    mark: Option<Vec<u8>>,
    index: Option<Vec<u8>>,
    blobs: BTreeMap<Digest, Place>,
}

impl<R: Read + Seek> Layout<R> {
    /// Reads a file through, and holds everything in it against its digest.
    ///
    /// # Errors
    /// See [`RegistryError`]; one that [breaks](RegistryError::breaks) says that something is not what its digest says.
    pub fn open(mut file: R, bounds: Bounds) -> Result<Self, RegistryError> {
        file.rewind().map_err(|error| unreadable(&error))?;
        let mut found = Found::default();
        let mut archive = Archive::new(&mut file);
        // Without the extensions of tar, which say names and sizes another time.
        for (number, entry) in archive.entries().map_err(|error| unreadable(&error))?.raw(true).enumerate() {
            if number >= bounds::FILES {
                return Err(RegistryError::TooMany { what: "files in it", limit: bounds::FILES });
            }
            let mut entry = entry.map_err(|error| unreadable(&error))?;
            let kind = entry.header().entry_type();
            let name = String::from_utf8_lossy(&entry.header().path_bytes()).into_owned();
            match kind {
                EntryType::Regular => {}
                EntryType::Directory | EntryType::XHeader | EntryType::XGlobalHeader => continue,
                _ => return Err(malformed(format!("{name:?} in it is neither a file nor a folder"))),
            }
            let (at, size) = (entry.raw_file_position(), entry.size());
            found.take(name.trim_start_matches("./"), Place { at, size }, &mut entry, bounds)?;
        }
        let missing = |name: &str| malformed(format!("there is no {name} in it"));
        let mark = found.mark.ok_or_else(|| missing(MARK))?;
        let mark: Mark = serde_json::from_slice(&mark).map_err(|error| malformed(format!("{MARK}: {error}")))?;
        if mark.image_layout_version != VERSION {
            return Err(malformed(format!("it is of version {:?} and not {VERSION}", mark.image_layout_version)));
        }
        let index = Index::read(INDEX_FILE, &found.index.ok_or_else(|| missing(INDEX_FILE))?)?.manifests;
        if index.len() > bounds::NAMED {
            return Err(RegistryError::TooMany { what: "manifests in it", limit: bounds::NAMED });
        }
        Ok(Self { file, bounds, index, blobs: found.blobs, referrers: BTreeMap::new() })
    }

    /// The modules in it, with their signatures.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub fn modules(&mut self) -> Result<Vec<Received>, RegistryError> {
        let mut modules = BTreeMap::new();
        for named in self.index.clone() {
            if named.media_type != MANIFEST {
                let why = format!("a manifest is of the type {:?}", named.media_type);
                return Err(RegistryError::NotAModule { what: "what is in it".to_owned(), why });
            }
            let bytes = self.manifest(named.digest)?;
            named.check("a manifest", &bytes)?;
            let manifest = Manifest::read("a manifest", &bytes)?;
            if let Some(subject) = &manifest.subject {
                let artifact_type = manifest.artifact_type.or(Some(manifest.config.media_type));
                let known = self.referrers.entry(subject.digest).or_default();
                known.push(Descriptor { artifact_type, ..named });
                if known.len() > bounds::REFERRERS {
                    let what = "things that refer to a module";
                    return Err(RegistryError::TooMany { what, limit: bounds::REFERRERS });
                }
            } else if is_module(&manifest) {
                modules.insert(named.digest, bytes);
            } else {
                let why = format!("the config of {} is of the type {:?}", named.digest, manifest.config.media_type);
                return Err(RegistryError::NotAModule { what: "what is in it".to_owned(), why });
            }
        }
        if modules.is_empty() {
            return Err(malformed("there is no module in it".to_owned()));
        }
        let (mut received, mut together) = (Vec::new(), 0);
        let bounds = self.bounds;
        for (digest, manifest) in modules {
            let module = unpack(self, digest, &manifest, bounds)?;
            together += module.component.len() as u64;
            if together > bounds::COMPONENTS {
                let what = "all components in it together".to_owned();
                return Err(RegistryError::TooLarge { what, limit: bounds::COMPONENTS });
            }
            received.push(module);
        }
        Ok(received)
    }

    /// A blob, but not more of it than is asked for.
    fn read(&mut self, digest: Digest, most: u64) -> Result<Vec<u8>, RegistryError> {
        let place = self.blobs.get(&digest).copied();
        let place = place.ok_or_else(|| malformed(format!("{digest} is named in it, and not there")))?;
        self.file.seek(SeekFrom::Start(place.at)).map_err(|error| unreadable(&error))?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(place.size.min(most)).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        Ok(bytes)
    }
}

impl<R: Read + Seek> Store for Layout<R> {
    fn manifest(&mut self, digest: Digest) -> Result<Vec<u8>, RegistryError> {
        let bytes = self.read(digest, bounds::MANIFEST + 1)?;
        if bytes.len() as u64 > bounds::MANIFEST {
            return Err(RegistryError::TooLarge { what: format!("the manifest {digest}"), limit: bounds::MANIFEST });
        }
        Ok(bytes)
    }

    fn blob(&mut self, _: &str, descriptor: &Descriptor) -> Result<Vec<u8>, RegistryError> {
        self.read(descriptor.digest, descriptor.size.saturating_add(1))
    }

    fn referrers(&mut self, of: Digest) -> Result<Vec<Descriptor>, RegistryError> {
        Ok(self.referrers.get(&of).cloned().unwrap_or_default())
    }
}

impl Found {
    /// Takes one file, by its name.
    fn take(&mut self, name: &str, place: Place, file: &mut impl Read, bounds: Bounds) -> Result<(), RegistryError> {
        let twice = || malformed(format!("{name} is in it two times"));
        let single = match name {
            MARK => Some(&mut self.mark),
            INDEX_FILE => Some(&mut self.index),
            _ => None,
        };
        if let Some(single) = single {
            let before = single.replace(whole(name, place.size, file, bounds::MANIFEST)?);
            return if before.is_some() { Err(twice()) } else { Ok(()) };
        }
        // The digest has its own form, without `sha256:` in front: nothing else is a name here.
        let digits = name.strip_prefix(BLOBS).filter(|digits| digits.len() == 64);
        let Some(digest) = digits.and_then(|digits| digits.parse::<Digest>().ok()) else {
            return Err(malformed(format!("{name:?} is in it, which belongs into no OCI image layout of modules")));
        };
        let bytes = whole(name, place.size, file, bounds.component.max(bounds::MANIFEST))?;
        of_digest(name, digest, &bytes)?;
        match self.blobs.entry(digest) {
            btree_map::Entry::Vacant(free) => {
                free.insert(place);
                Ok(())
            }
            btree_map::Entry::Occupied(_) => Err(twice()),
        }
    }
}

/// A file of a length that is looked at before it is read.
fn whole(name: &str, size: u64, file: &mut impl Read, most: u64) -> Result<Vec<u8>, RegistryError> {
    if size > most {
        return Err(RegistryError::TooLarge { what: format!("{name} in it"), limit: most });
    }
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 == size { Ok(bytes) } else { Err(malformed(format!("it ends within {name}"))) }
}

fn malformed(why: String) -> RegistryError {
    RegistryError::Malformed { what: "the file of modules".to_owned(), why }
}

fn unreadable(error: &io::Error) -> RegistryError {
    malformed(error.to_string())
}
