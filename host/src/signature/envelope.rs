//! DSSE envelopes: bytes with their type, and who signed both (<https://github.com/secure-systems-lab/dsse>); alone, or in a
//! Sigstore bundle. Whoever reads one here may be handed anything.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;

use super::{KeyId, PublicKey, Untrusted};
use crate::model::Digest;

/// The longest file that is read as a signature, in bytes.
pub const LONGEST_BUNDLE: usize = 256 << 10;

/// The most signatures of one envelope: each is tried with each key.
const MOST_SIGNATURES: usize = 16;

/// What the media type of every version of a Sigstore bundle begins with.
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";

/// What is signed: type and payload, each with its length, so that no part of one can be taken for the other.
pub(super) fn signed_bytes(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// An envelope that was read. Nothing in it is to be believed, or parsed, before a signature holds.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    /// The digest of the whole file.
    pub file: Digest,
    pub payload_type: String,
    pub payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
    signed: Vec<u8>,
}

#[derive(Clone, Debug)]
struct EnvelopeSignature {
    /// The key that it names; a hint, which anybody can change.
    key: Option<KeyId>,
    /// None if it is not as long as those of the keys that are known here.
    bytes: Option<[u8; 64]>,
}

/// A bundle, as far as it is looked at. Others put certificates and entries of logs beside the envelope.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BundleFile {
    media_type: Option<String>,
    dsse_envelope: Option<EnvelopeFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EnvelopeFile {
    payload: String,
    payload_type: String,
    #[serde(default)]
    signatures: Vec<SignatureFile>,
}

#[derive(Deserialize)]
struct SignatureFile {
    sig: String,
    keyid: Option<String>,
}

impl Envelope {
    /// Reads a bundle, or an envelope that stands alone.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Untrusted> {
        if bytes.len() > LONGEST_BUNDLE {
            return Err(not_a_bundle(format!("it has more than {LONGEST_BUNDLE} bytes")));
        }
        // The reader of JSON goes 128 levels deep and no further.
        let unread = |error: serde_json::Error| not_a_bundle(error.to_string());
        let BundleFile { media_type, dsse_envelope } = serde_json::from_slice(bytes).map_err(unread)?;
        let is_bundle = media_type.as_deref().is_some_and(|of| of.starts_with(BUNDLE));
        let EnvelopeFile { payload, payload_type, signatures } = match dsse_envelope {
            Some(envelope) if is_bundle => envelope,
            Some(_) => return Err(not_a_bundle("its `mediaType` is not that of a Sigstore bundle".to_owned())),
            None if is_bundle => return Err(not_a_bundle("the bundle holds no `dsseEnvelope`".to_owned())),
            None => serde_json::from_slice(bytes).map_err(unread)?,
        };
        if signatures.is_empty() {
            return Err(Untrusted::NoSignature);
        }
        if signatures.len() > MOST_SIGNATURES {
            return Err(not_a_bundle(format!("it has more than {MOST_SIGNATURES} signatures")));
        }
        let payload = decoded("payload", &payload)?;
        let signature = |SignatureFile { sig, keyid }| {
            let bytes = decoded("sig", &sig)?.try_into().ok();
            Ok(EnvelopeSignature { key: keyid.and_then(|id: String| id.parse().ok()), bytes })
        };
        let signatures = signatures.into_iter().map(signature).collect::<Result<_, Untrusted>>()?;
        let signed = signed_bytes(&payload_type, &payload);
        Ok(Self { file: Digest::of(bytes), payload_type, payload, signatures, signed })
    }

    /// Whether one of the signatures is this key's, whichever key it names.
    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let mut signatures = self.signatures.iter().filter_map(|signature| signature.bytes.as_ref());
        signatures.any(|signature| key.verifies(&self.signed, signature))
    }

    /// The keys that the signatures name.
    pub(super) fn hints(&self) -> impl Iterator<Item = KeyId> {
        self.signatures.iter().filter_map(|signature| signature.key)
    }
}

fn not_a_bundle(why: String) -> Untrusted {
    Untrusted::NotABundle { why }
}

/// DSSE allows either alphabet; each is read to the letter: with its padding, and no bit that means nothing.
fn decoded(key: &str, text: &str) -> Result<Vec<u8>, Untrusted> {
    let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text));
    bytes.map_err(|_| not_a_bundle(format!("its `{key}` is no base64")))
}
