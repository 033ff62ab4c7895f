//! Signing: a Sigstore bundle, version 0.3, with one DSSE envelope, for a file beside the component.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::envelope::signed_bytes;
use super::statement::PAYLOAD;
use super::{Origin, SecretKey};
use crate::model::Digest;

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Signs for a component of a name: the text of a bundle. No time stands in it, so the same is signed with the same text.
#[must_use]
pub fn sign(key: &SecretKey, name: &str, component: Digest, origin: &Origin) -> String {
    let payload = origin.statement(name, component).to_string();
    let signature = key.sign(&signed_bytes(PAYLOAD, payload.as_bytes()));
    let id = key.public().id().to_string();
    let bundle = json!({
        "mediaType": MEDIA_TYPE,
        "verificationMaterial": { "publicKey": { "hint": id }, "tlogEntries": [] },
        "dsseEnvelope": {
            "payload": STANDARD.encode(payload),
            "payloadType": PAYLOAD,
            "signatures": [{ "sig": STANDARD.encode(signature), "keyid": id }],
        },
    });
    format!("{bundle:#}\n")
}
