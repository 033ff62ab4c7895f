//! From a component to artifacts: the layout that CNCF describes for Wasm, and what refers to it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::RegistryError;
use super::manifest::{BUNDLE, Descriptor, EMPTY, MANIFEST, Manifest, SBOM, WASM, WASM_CONFIG};
use super::sbom::sbom;
use crate::model::Digest;

/// A module that is to travel.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its component.
    pub component: &'a [u8],
    /// What the component imports.
    pub imports: &'a [String],
    /// What it exports.
    pub exports: &'a [String],
    /// The files with its signatures.
    pub bundles: &'a [Vec<u8>],
    /// What it is made of, if that came along when it was published; made anew from the component, if not.
    pub sbom: Option<&'a str>,
}

/// A module as artifacts: itself, its signatures, and what it is made of. The same module is packed into the same bytes,
/// whenever and wherever that is done.
#[derive(Clone, Debug)]
pub struct Packed<'a> {
    /// What it is called in a layout.
    pub(super) called: String,
    pub(super) module: Artifact<'a>,
    pub(super) referrers: Vec<Artifact<'a>>,
}

/// A manifest and its blobs.
#[derive(Clone, Debug)]
pub(super) struct Artifact<'a> {
    pub descriptor: Descriptor,
    pub manifest: Vec<u8>,
    pub blobs: Vec<(Digest, Cow<'a, [u8]>)>,
}

/// No time stands in what is packed, and where one must stand it is this.
const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// What people call something.
const TITLE: &str = "org.opencontainers.image.title";

/// The config where there is nothing to say.
const NOTHING: &[u8] = b"{}";

impl<'a> Packed<'a> {
    /// Packs a module.
    ///
    /// # Errors
    /// If its component cannot be read, which was let in before.
    pub fn new(parcel: Parcel<'a>) -> Result<Self, RegistryError> {
        let Parcel { name, version, component, bundles, sbom: kept, .. } = parcel;
        let module = module(parcel)?;
        let of = &module.descriptor;
        let mut referrers = Vec::new();
        for (number, bundle) in (1..).zip(bundles) {
            // What is signed is the component's digest, in a statement of where it came from.
            let notes = [("dev.sigstore.bundle.content", "dsse-envelope")];
            let file = format!("{name}-{version}.{number}.sigstore.json");
            referrers.push(referrer(of, BUNDLE, Cow::Borrowed(bundle.as_slice()), &file, &notes)?);
        }
        let made_of = match kept {
            Some(kept) => Cow::Borrowed(kept.as_bytes()),
            None => Cow::Owned(sbom(name, version, component)?.into_bytes()),
        };
        let file = format!("{name}-{version}.cdx.json");
        referrers.push(referrer(of, SBOM, made_of, &file, &[])?);
        Ok(Self { called: format!("{name}:{version}"), module, referrers })
    }

    /// The digest of the module's manifest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.module.descriptor.digest
    }

    /// Everything, the module first.
    pub(super) fn artifacts(&self) -> impl Iterator<Item = &Artifact<'a>> {
        std::iter::once(&self.module).chain(&self.referrers)
    }
}

fn module(parcel: Parcel<'_>) -> Result<Artifact<'_>, RegistryError> {
    let layer = layer(WASM, parcel.component, &format!("{}-{}.wasm", parcel.name, parcel.version));
    let config = written(&json!({
        "created": NO_TIME,
        "architecture": "wasm",
        "os": "wasip2",
        "layerDigests": [layer.digest],
        "component": { "exports": parcel.exports, "imports": parcel.imports },
    }))?;
    let notes = [(TITLE, parcel.name), ("org.opencontainers.image.version", parcel.version)];
    let manifest = Manifest {
        schema_version: 2,
        media_type: MANIFEST.to_owned(),
        artifact_type: None,
        config: Descriptor::of(WASM_CONFIG, &config),
        layers: vec![layer.clone()],
        subject: None,
        annotations: annotations(&notes),
    };
    let blobs = vec![(layer.digest, Cow::Borrowed(parcel.component)), (manifest.config.digest, Cow::Owned(config))];
    artifact(&manifest, WASM_CONFIG, blobs)
}

/// What refers to a manifest: one layer, of the type that it all is.
fn referrer<'a>(
    of: &Descriptor,
    kind: &str,
    content: Cow<'a, [u8]>,
    file: &str,
    notes: &[(&str, &str)],
) -> Result<Artifact<'a>, RegistryError> {
    let layer = layer(kind, &content, file);
    let subject = Descriptor { artifact_type: None, annotations: None, ..of.clone() };
    let manifest = Manifest {
        schema_version: 2,
        media_type: MANIFEST.to_owned(),
        artifact_type: Some(kind.to_owned()),
        config: Descriptor::of(EMPTY, NOTHING),
        layers: vec![layer.clone()],
        subject: Some(subject),
        annotations: annotations(notes),
    };
    let blobs = vec![(layer.digest, content), (manifest.config.digest, Cow::Borrowed(NOTHING))];
    artifact(&manifest, kind, blobs)
}

/// A layer. Programs that fetch artifacts as files call it so.
fn layer(media_type: &str, content: &[u8], file: &str) -> Descriptor {
    Descriptor { annotations: annotations(&[(TITLE, file)]), ..Descriptor::of(media_type, content) }
}

fn artifact<'a>(
    manifest: &Manifest,
    kind: &str,
    blobs: Vec<(Digest, Cow<'a, [u8]>)>,
) -> Result<Artifact<'a>, RegistryError> {
    let bytes = written(manifest)?;
    let artifact_type = Some(kind.to_owned());
    let annotations = manifest.annotations.clone();
    let descriptor = Descriptor { artifact_type, annotations, ..Descriptor::of(MANIFEST, &bytes) };
    Ok(Artifact { descriptor, manifest: bytes, blobs })
}

fn annotations(notes: &[(&str, &str)]) -> Option<BTreeMap<String, String>> {
    let notes: BTreeMap<_, _> = notes.iter().map(|(name, note)| ((*name).to_owned(), (*note).to_owned())).collect();
    (!notes.is_empty()).then_some(notes)
}

/// JSON as it is written.
pub(super) fn written(value: &impl Serialize) -> Result<Vec<u8>, RegistryError> {
    serde_json::to_vec(value)
        .map_err(|error| RegistryError::Malformed { what: "what is to be written".to_owned(), why: error.to_string() })
}
