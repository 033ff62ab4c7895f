//! The files that a component's signatures stand in.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::signature::LONGEST_BUNDLE;

/// Where a component's signature stands if no file is named.
pub(super) fn beside(component: &Path) -> PathBuf {
    let mut path = OsString::from(component);
    path.push(".sigstore.json");
    path.into()
}

/// The files that are named, or else the one beside the component if it is there.
pub(super) fn bundles(component: &Path, named: &[PathBuf]) -> anyhow::Result<Vec<Vec<u8>>> {
    let cannot_read = |path: &Path| format!("cannot read {}", path.display());
    if !named.is_empty() {
        return named.iter().map(|path| read(path).with_context(|| cannot_read(path))).collect();
    }
    let path = beside(component);
    match read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        bundle => Ok(vec![bundle.with_context(|| cannot_read(&path))?]),
    }
}

/// The beginning of a file: one byte more than is accepted, so that a longer one is seen to be too long.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST_BUNDLE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
