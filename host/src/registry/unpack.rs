//! From a manifest to a component and its signatures, wherever they are kept: nothing is believed that its digest does not say.

use super::manifest::{ANY_BUNDLE, Descriptor, MANIFEST, Manifest, WASM, WASM_CONFIG, of_digest};
use super::{Bounds, RegistryError, bounds};
use crate::model::Digest;

/// A module that came in. It was held against its digests, and not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The component.
    pub component: Vec<u8>,
    /// The files with its signatures.
    pub bundles: Vec<Vec<u8>>,
}

/// Where manifests and blobs are kept. What it gives is held against digests by whoever asks.
pub(super) trait Store {
    /// A manifest, or what is there instead.
    fn manifest(&mut self, digest: Digest) -> Result<Vec<u8>, RegistryError>;

    /// A blob: its length by its descriptor is within bounds, and not much more than that is read.
    fn blob(&mut self, what: &str, descriptor: &Descriptor) -> Result<Vec<u8>, RegistryError>;

    /// The manifests that refer to another one.
    fn referrers(&mut self, of: Digest) -> Result<Vec<Descriptor>, RegistryError>;
}

/// The module that a manifest of this digest names.
pub(super) fn unpack(
    store: &mut impl Store,
    digest: Digest,
    manifest: &[u8],
    bounds: Bounds,
) -> Result<Received, RegistryError> {
    of_digest("the manifest", digest, manifest)?;
    let manifest = Manifest::read("the manifest", manifest)?;
    let layer = component_of(&manifest)?;
    let component = blob(store, "the component", layer, bounds.component)?;
    Ok(Received { manifest: digest, component, bundles: bundles(store, digest, bounds)? })
}

/// Whether a manifest is that of a module, and not of something that refers to one.
pub(super) fn is_module(manifest: &Manifest) -> bool {
    manifest.config.media_type == WASM_CONFIG && manifest.subject.is_none()
}

/// The one layer of a module.
fn component_of(manifest: &Manifest) -> Result<&Descriptor, RegistryError> {
    let other = |why: String| RegistryError::NotAModule { what: "it".to_owned(), why };
    if !is_module(manifest) {
        let why = format!("its config is of the type {:?} and not {WASM_CONFIG}", manifest.config.media_type);
        return Err(other(why));
    }
    match manifest.layers.as_slice() {
        [layer] if layer.media_type == WASM => Ok(layer),
        [layer] => Err(other(format!("its layer is of the type {:?} and not {WASM}", layer.media_type))),
        layers => Err(other(format!("it has {} layers and not one", layers.len()))),
    }
}

/// The files with signatures that refer to a manifest.
fn bundles(store: &mut impl Store, of: Digest, bounds: Bounds) -> Result<Vec<Vec<u8>>, RegistryError> {
    let mut referrers: Vec<Descriptor> = Vec::new();
    for found in store.referrers(of)? {
        if is_bundle(found.artifact_type.as_deref()) && referrers.iter().all(|known| known.digest != found.digest) {
            referrers.push(found);
        }
    }
    if referrers.len() > bounds::SIGNATURES {
        return Err(RegistryError::TooMany { what: "signatures", limit: bounds::SIGNATURES });
    }
    referrers.iter().map(|referrer| bundle(store, of, referrer, bounds)).collect()
}

fn bundle(store: &mut impl Store, of: Digest, referrer: &Descriptor, bounds: Bounds) -> Result<Vec<u8>, RegistryError> {
    let what = "the manifest of a signature";
    let other = |why: &str| RegistryError::Malformed { what: what.to_owned(), why: why.to_owned() };
    if referrer.media_type != MANIFEST || referrer.size > bounds::MANIFEST {
        return Err(other("it is none, or too long"));
    }
    let bytes = store.manifest(referrer.digest)?;
    referrer.check(what, &bytes)?;
    let manifest = Manifest::read(what, &bytes)?;
    if manifest.subject.as_ref().is_none_or(|subject| subject.digest != of) {
        return Err(other("it refers to something else"));
    }
    match manifest.layers.as_slice() {
        [layer] if is_bundle(Some(&layer.media_type)) => blob(store, "a signature", layer, bounds.bundle),
        _ => Err(other("it has not one layer with a signature")),
    }
}

fn is_bundle(media_type: Option<&str>) -> bool {
    media_type.is_some_and(|media_type| media_type.starts_with(ANY_BUNDLE))
}

/// A blob that was held against its descriptor, whose length is looked at first.
fn blob(store: &mut impl Store, what: &str, descriptor: &Descriptor, most: u64) -> Result<Vec<u8>, RegistryError> {
    if descriptor.size > most {
        return Err(RegistryError::TooLarge { what: what.to_owned(), limit: most });
    }
    let bytes = store.blob(what, descriptor)?;
    descriptor.check(what, &bytes)?;
    Ok(bytes)
}
