//! Writing modules into one file.

use std::collections::BTreeSet;
use std::io;

use tar::{Builder, EntryType, Header};

use super::{BLOBS, INDEX_FILE, MARK, VERSION};
use crate::registry::manifest::{Descriptor, INDEX, Index, REF_NAME};
use crate::registry::pack::written;
use crate::registry::{Packed, RegistryError, bounds};

/// The bytes of a file with modules and all that refers to them. The same modules make the same file.
///
/// # Errors
/// If there are more of them than are read again.
pub fn write_layout(packed: &[Packed<'_>]) -> Result<Vec<u8>, RegistryError> {
    let failed = |error: io::Error| RegistryError::Malformed {
        what: "what is to be written".to_owned(),
        why: error.to_string(),
    };
    let manifests = named(packed);
    if manifests.len() > bounds::NAMED {
        return Err(RegistryError::TooMany { what: "manifests for one file", limit: bounds::NAMED });
    }
    let components: u64 = packed.iter().flat_map(|one| &one.module.blobs).map(|(_, bytes)| bytes.len() as u64).sum();
    if components > bounds::COMPONENTS {
        let what = "what was named for one file".to_owned();
        return Err(RegistryError::TooLarge { what, limit: bounds::COMPONENTS });
    }
    let mut tar = Builder::new(Vec::new());
    let mark = written(&serde_json::json!({ "imageLayoutVersion": VERSION }))?;
    file(&mut tar, MARK, &mark).map_err(failed)?;
    let index = Index { schema_version: 2, media_type: INDEX.to_owned(), manifests };
    file(&mut tar, INDEX_FILE, &written(&index)?).map_err(failed)?;
    let mut there = BTreeSet::new();
    for artifact in packed.iter().flat_map(Packed::artifacts) {
        let manifest = (artifact.descriptor.digest, artifact.manifest.as_slice());
        let blobs = artifact.blobs.iter().map(|(digest, bytes)| (*digest, bytes.as_ref()));
        for (digest, bytes) in blobs.chain([manifest]) {
            if there.insert(digest) {
                file(&mut tar, &format!("{BLOBS}{digest:x}"), bytes).map_err(failed)?;
            }
        }
    }
    tar.into_inner().map_err(failed)
}

/// What the index names: everything, and modules by their names.
fn named(packed: &[Packed<'_>]) -> Vec<Descriptor> {
    let mut all = Vec::new();
    for one in packed {
        let mut module = one.module.descriptor.clone();
        module.annotations.get_or_insert_default().insert(REF_NAME.to_owned(), one.called.clone());
        all.push(module);
        all.extend(one.referrers.iter().map(|referrer| referrer.descriptor.clone()));
    }
    all
}

fn file(tar: &mut Builder<Vec<u8>>, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    tar.append_data(&mut header, name, bytes)
}
