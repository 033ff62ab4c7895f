//! Files with modules: as they are written, and as nobody should write them.

use std::io::Cursor;

use tar::{Builder, EntryType, Header};

use super::{Layout, write_layout};
use crate::model::Digest;
use crate::registry::tests::{BOUNDS, component, packed};
use crate::registry::{Received, RegistryError};

fn load(bytes: &[u8]) -> Result<Vec<Received>, RegistryError> {
    Layout::open(Cursor::new(bytes), BOUNDS)?.modules()
}

/// A file with these entries: the kind, the name, the content.
fn file(entries: &[(EntryType, &str, &[u8])]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    for (kind, name, bytes) in entries {
        let mut header = Header::new_ustar();
        header.set_entry_type(*kind);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // As it is: a name that a builder would refuse is written too.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

const MARK: (EntryType, &str, &[u8]) = (EntryType::Regular, "oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
const NOTHING: &[u8] = br#"{"schemaVersion":2,"manifests":[]}"#;

#[test]
fn what_is_written_is_read_and_the_same_modules_make_the_same_file() {
    let (one, other) = (component("one"), component("other"));
    let bundles = [b"a signature".to_vec(), b"another".to_vec()];
    let both = [packed("one", &one, &bundles), packed("other", &other, &[])];
    let bytes = write_layout(&both).unwrap();
    assert_eq!(bytes, write_layout(&both).unwrap());
    let mut read = load(&bytes).unwrap();
    assert_eq!(read.len(), 2);
    read.sort_by_key(|module| module.bundles.len());
    let [unsigned, signed] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((&unsigned.component, &signed.component), (&other, &one));
    assert_eq!((unsigned.manifest, signed.manifest), (both[1].digest(), both[0].digest()));
    assert_eq!(signed.bundles, bundles);
    assert_eq!(unsigned.sbom, crate::registry::sbom("other", "1.0.0", &other).ok());
    // Twice the same is once.
    let again = write_layout(&[packed("one", &one, &[]), packed("one", &one, &[])]).unwrap();
    assert_eq!(load(&again).unwrap().len(), 1);
}

#[test]
fn every_byte_that_is_changed_breaks_a_digest() {
    let one = component("one");
    let bundles = [b"a signature".to_vec()];
    let good = write_layout(&[packed("one", &one, &bundles)]).unwrap();
    for needle in [&one[8..], b"a signature", b"CycloneDX", b"layerDigests", b"org.opencontainers.image.title"] {
        let at = good.windows(needle.len()).rposition(|bytes| bytes == needle).unwrap();
        let mut bad = good.clone();
        bad[at] ^= 1;
        let error = load(&bad).unwrap_err();
        assert!(error.breaks(), "{error}");
    }
    for cut in [0, 511, 600, good.len() / 2, one.len()] {
        let error = load(&good[..cut]).unwrap_err();
        assert!(!error.breaks(), "{cut}: {error}");
    }
}

#[test]
fn what_belongs_into_no_such_file_is_refused_and_no_path_is_followed() {
    let (long, blob) = ("x".repeat(99), format!("blobs/sha256/{:x}", Digest::of(b"x")));
    let upper = blob.to_uppercase().replace("BLOBS/SHA256", "blobs/sha256");
    let below = format!("blobs/sha256/../{:x}", Digest::of(b"x"));
    let prefixed = format!("blobs/sha256/{}", Digest::of(b"x"));
    let index = (EntryType::Regular, "index.json", NOTHING);
    for (entries, why) in [
        (vec![index], "no oci-layout"),
        (vec![MARK], "no index.json"),
        (vec![MARK, MARK, index], "two times"),
        (vec![MARK, index, index], "two times"),
        (vec![MARK, index, (EntryType::Regular, &blob, b"x"), (EntryType::Regular, &blob, b"x")], "two times"),
        (vec![MARK, index, (EntryType::Regular, "../../etc/passwd", b"x")], "belongs into no"),
        (vec![MARK, index, (EntryType::Regular, "/etc/passwd", b"x")], "belongs into no"),
        (vec![MARK, index, (EntryType::Regular, &below, b"x")], "belongs into no"),
        (vec![MARK, index, (EntryType::Regular, &prefixed, b"x")], "belongs into no"),
        (vec![MARK, index, (EntryType::Regular, &upper, b"x")], "belongs into no"),
        (vec![MARK, index, (EntryType::Regular, &long, b"x")], "belongs into no"),
        (vec![MARK, index, (EntryType::Regular, "", b"x")], "belongs into no"),
        (vec![MARK, index, (EntryType::Symlink, "oci-layout", b"")], "neither a file nor a folder"),
        (vec![MARK, index, (EntryType::Link, &blob, b"")], "neither a file nor a folder"),
        (vec![MARK, index, (EntryType::Fifo, &blob, b"")], "neither a file nor a folder"),
        (vec![MARK, index, (EntryType::GNULongName, "././@LongLink", b"x")], "neither a file nor a folder"),
        (vec![MARK, index, (EntryType::GNUSparse, &blob, b"x")], ""),
        (vec![(EntryType::Regular, "oci-layout", br#"{"imageLayoutVersion":"2"}"#), index], "version \"2\""),
        (vec![(EntryType::Regular, "oci-layout", b"{"), index], "oci-layout"),
        (vec![MARK, (EntryType::Regular, "index.json", b"[")], "index.json"),
        (vec![MARK, (EntryType::Directory, "blobs/", b""), index], "no module"),
    ] {
        let error = load(&file(&entries)).unwrap_err();
        assert!(error.to_string().contains(why) && !error.breaks(), "{why}: {error}");
    }
    let other = file(&[MARK, index, (EntryType::Regular, &blob, b"y")]);
    assert!(load(&other).unwrap_err().breaks());
    for garbage in [&b"no tar at all"[..], &[0; 2048], &[0xff; 2048]] {
        assert!(load(garbage).is_err());
    }
}

#[test]
fn what_an_index_names_must_be_there_and_be_a_module() {
    let named = |media_type: &str, bytes: &[u8], size: usize| {
        let digest = Digest::of(bytes);
        format!(
            r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"{media_type}","digest":"{digest}","size":{size}}}]}}"#
        )
    };
    let manifest = "application/vnd.oci.image.manifest.v1+json";
    let image = br#"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":2},"layers":[]}"#;
    for (index, blob, why, breaks) in [
        (named(manifest, b"{}", 2), &b"other"[..], "not there", false),
        (named(manifest, b"{}", 3), b"{}", "2 bytes and not 3", true),
        (named(manifest, b"{}", 2), b"{}", "version 0", false),
        (named("application/vnd.oci.image.index.v1+json", b"{}", 2), b"{}", "is of the type", false),
        (named(manifest, image, image.len()), image, "image.config.v1+json", false),
    ] {
        let name = format!("blobs/sha256/{:x}", Digest::of(blob));
        let entries = [MARK, (EntryType::Regular, "index.json", index.as_bytes()), (EntryType::Regular, &name, blob)];
        let error = load(&file(&entries)).unwrap_err();
        assert!(error.to_string().contains(why), "{why}: {error}");
        assert_eq!(error.breaks(), breaks, "{error}");
    }
}

#[test]
fn sizes_and_counts_are_bounded() {
    let large = component(&"x".repeat(usize::try_from(BOUNDS.component).unwrap()));
    let error = load(&write_layout(&[packed("large", &large, &[])]).unwrap()).unwrap_err();
    assert!(matches!(error, RegistryError::TooLarge { .. }), "{error}");
    let one = component("one");
    let bundle = vec![b'x'; usize::try_from(BOUNDS.bundle).unwrap() + 1];
    let error = load(&write_layout(&[packed("one", &one, &[bundle])]).unwrap()).unwrap_err();
    assert!(matches!(error, RegistryError::TooLarge { .. }), "{error}");
    let many: Vec<_> = (0..17).map(|number| vec![number]).collect();
    let error = load(&write_layout(&[packed("one", &one, &many)]).unwrap()).unwrap_err();
    assert!(matches!(error, RegistryError::TooMany { .. }), "{error}");
    let folders = vec![(EntryType::Directory, "blobs/", &b""[..]); 5000];
    assert!(matches!(load(&file(&folders)).unwrap_err(), RegistryError::TooMany { .. }));
    // A header that says that a file is longer than everything.
    let mut liar = file(&[MARK]);
    liar[124..136].copy_from_slice(b"77777777777\0");
    let mut header = Header::new_ustar();
    header.as_mut_bytes().copy_from_slice(&liar[..512]);
    header.set_cksum();
    liar[..512].copy_from_slice(header.as_bytes());
    assert!(matches!(load(&liar).unwrap_err(), RegistryError::TooLarge { .. }));
}
