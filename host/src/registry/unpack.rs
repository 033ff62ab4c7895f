//! From a manifest to a component, its signatures and what it is made of, wherever they are kept: nothing is believed that its
//! digest does not say.

use super::manifest::{ANY_BUNDLE, Descriptor, MANIFEST, Manifest, SBOM, WASM, WASM_CONFIG, of_digest};
use super::{Bounds, RegistryError, bounds, is_sbom_of};
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
    /// What it is made of, if that came along. Nobody vouches for it.
    pub sbom: Option<String>,
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
    let referrers = store.referrers(digest)?;
    let bundles = bundles(store, digest, &referrers, bounds)?;
    let sbom = made_of(store, digest, &referrers, Digest::of(&component))?;
    Ok(Received { manifest: digest, component, bundles, sbom })
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
fn bundles(
    store: &mut impl Store,
    of: Digest,
    referrers: &[Descriptor],
    bounds: Bounds,
) -> Result<Vec<Vec<u8>>, RegistryError> {
    let referrers = of_kind(referrers, is_bundle);
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

/// What the component is made of: the first list that says so of it. Anybody who may write there says of a module what they like,
/// so what is no such list is passed over; what is not what its digest says is refused.
fn made_of(
    store: &mut impl Store,
    of: Digest,
    referrers: &[Descriptor],
    component: Digest,
) -> Result<Option<String>, RegistryError> {
    let what = "the manifest of a list of what it is made of";
    for referrer in of_kind(referrers, |kind| kind == Some(SBOM)).into_iter().take(bounds::SBOMS) {
        if referrer.media_type != MANIFEST || referrer.size > bounds::MANIFEST {
            continue;
        }
        let bytes = store.manifest(referrer.digest)?;
        referrer.check(what, &bytes)?;
        let Ok(manifest) = Manifest::read(what, &bytes) else { continue };
        let refers = manifest.subject.as_ref().is_some_and(|subject| subject.digest == of);
        let [layer] = manifest.layers.as_slice() else { continue };
        if !refers || layer.media_type != SBOM || layer.size > bounds::SBOM {
            continue;
        }
        let bytes = blob(store, "a list of what it is made of", layer, bounds::SBOM)?;
        let text = String::from_utf8(bytes).ok().filter(|text| is_sbom_of(text, component));
        if text.is_some() {
            return Ok(text);
        }
    }
    Ok(None)
}

/// Those of a kind, each once.
fn of_kind(all: &[Descriptor], is_kind: impl Fn(Option<&str>) -> bool) -> Vec<&Descriptor> {
    let mut found: Vec<&Descriptor> = Vec::new();
    for one in all {
        if is_kind(one.artifact_type.as_deref()) && found.iter().all(|known| known.digest != one.digest) {
            found.push(one);
        }
    }
    found
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
