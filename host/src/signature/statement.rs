//! What is signed: an in-toto Statement v1 that says, as SLSA provenance v1, where a component came from.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Untrusted;
use crate::model::Digest;

/// The type of the payload of an envelope.
pub(super) const PAYLOAD: &str = "application/vnd.in-toto+json";
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PROVENANCE: &str = "https://slsa.dev/provenance/v1";

/// How a component was made, as far as this program says it: somehow, of what the parameters and materials name.
const BUILD_TYPE: &str = "countersign:module@1";
/// Who made it, if nobody is named.
const UNNAMED_BUILDER: &str = "countersign:unnamed-builder";

/// The name of SHA-256 among the digests of a subject.
const SHA256: &str = "sha256";

/// A text that is no URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a URI: write its scheme first, such as https://… or git+https://…, and no space")]
pub struct NotAUri;

/// A URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri(String);

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Uri {
    type Err = NotAUri;

    fn from_str(text: &str) -> Result<Self, NotAUri> {
        let (scheme, rest) = text.split_once(':').ok_or(NotAUri)?;
        let of_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let good = scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.chars().all(of_scheme);
        let blank = |c: char| c.is_whitespace() || c.is_control();
        if good && !rest.is_empty() && !rest.contains(blank) { Ok(Self(text.to_owned())) } else { Err(NotAUri) }
    }
}

/// A text that is no material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a material: write URI@sha256: and 64 lower-case hexadecimal digits")]
pub struct NotAMaterial;

/// Something that a component was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    uri: Uri,
    digest: Digest,
}

impl FromStr for Material {
    type Err = NotAMaterial;

    fn from_str(text: &str) -> Result<Self, NotAMaterial> {
        let (uri, digest) = text.rsplit_once('@').ok_or(NotAMaterial)?;
        let digest = digest.strip_prefix("sha256:").ok_or(NotAMaterial)?;
        Ok(Self { uri: uri.parse().map_err(|_| NotAMaterial)?, digest: digest.parse().map_err(|_| NotAMaterial)? })
    }
}

/// Where a component came from, as whoever signs says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Where its source is.
    pub source: Option<Uri>,
    /// Which state of it.
    pub revision: Option<String>,
    /// Who built it.
    pub builder: Option<Uri>,
    /// What else it was made of.
    pub materials: Vec<Material>,
}

impl Origin {
    /// The statement about a component.
    pub(super) fn statement(&self, name: &str, component: Digest) -> Value {
        let mut parameters = Map::new();
        let given = [("source", self.source.as_ref().map(ToString::to_string)), ("revision", self.revision.clone())];
        parameters.extend(given.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into()))));
        let builder = self.builder.as_ref().map_or(UNNAMED_BUILDER, |builder| builder.0.as_str());
        json!({
            "_type": STATEMENT,
            "subject": [{ "name": name, "digest": { SHA256: format!("{component:x}") } }],
            "predicateType": PROVENANCE,
            "predicate": {
                "buildDefinition": {
                    "buildType": BUILD_TYPE,
                    "externalParameters": parameters,
                    "resolvedDependencies": self.dependencies(),
                },
                "runDetails": { "builder": { "id": builder } },
            },
        })
    }

    /// The source, and what else it was made of.
    fn dependencies(&self) -> Vec<Value> {
        let source = self.source.as_ref().map(|source| {
            let is_commit = |revision: &&String| {
                let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
                [40, 64].contains(&revision.len()) && revision.chars().all(digit)
            };
            match self.revision.as_ref().filter(is_commit) {
                Some(commit) => json!({ "uri": source.0, "digest": { "gitCommit": commit } }),
                None => json!({ "uri": source.0 }),
            }
        });
        let material = |Material { uri, digest }: &Material| {
            let digest = format!("{digest:x}");
            json!({ "uri": uri.0, "digest": { SHA256: digest } })
        };
        source.into_iter().chain(self.materials.iter().map(material)).collect()
    }
}

/// A statement that a trusted key signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    subjects: Vec<Subject>,
    /// Where the component came from, as the signer says.
    pub predicate: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Subject {
    name: Option<String>,
    #[serde(default)]
    digest: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatementFile {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(default)]
    subject: Vec<Subject>,
    predicate_type: String,
    #[serde(default)]
    predicate: Value,
}

impl Statement {
    /// Reads a payload whose signature holds. What says something else of a component, such as that it failed its tests, does
    /// not vouch for it.
    pub(super) fn read(payload_type: &str, payload: &[u8]) -> Result<Self, Untrusted> {
        let other = |why| Untrusted::OtherType { why };
        if payload_type != PAYLOAD {
            return Err(other(format!("the type of the payload is {payload_type:?}")));
        }
        let StatementFile { kind, subject, predicate_type, predicate } =
            serde_json::from_slice(payload).map_err(|error| other(error.to_string()))?;
        if kind != STATEMENT {
            return Err(other(format!("`_type` is {kind:?}")));
        }
        if predicate_type != PROVENANCE {
            return Err(other(format!("`predicateType` is {predicate_type:?}")));
        }
        Ok(Self { subjects: subject, predicate })
    }

    /// What it calls a component, if it is about it. A name says nothing: digests are what is signed for.
    pub(super) fn about(&self, component: Digest) -> Option<&str> {
        let hex = format!("{component:x}");
        let subject = self.subjects.iter().find(|subject| subject.digest.get(SHA256) == Some(&hex))?;
        Some(subject.name.as_deref().unwrap_or_default())
    }

    /// The digests that it is about, for people.
    pub(super) fn digests(&self) -> String {
        let digests = self.subjects.iter().filter_map(|subject| subject.digest.get(SHA256)?.parse::<Digest>().ok());
        let digests: Vec<_> = digests.map(|digest| digest.to_string()).collect();
        if digests.is_empty() { "no SHA-256 digest".to_owned() } else { digests.join(", ") }
    }

    /// Where the source is, which state of it, and who built it, as far as it says so.
    #[must_use]
    pub fn origin(&self) -> [(&'static str, Option<&str>); 3] {
        let text = |pointer: &str| self.predicate.pointer(pointer).and_then(Value::as_str);
        [
            ("source", text("/buildDefinition/externalParameters/source")),
            ("revision", text("/buildDefinition/externalParameters/revision")),
            ("builder", text("/runDetails/builder/id").filter(|builder| *builder != UNNAMED_BUILDER)),
        ]
    }
}
