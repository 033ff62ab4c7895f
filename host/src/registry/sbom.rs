//! What a component is made of, as far as it says so itself: a bill of materials in the format of `CycloneDX` 1.5.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};
use wasm_metadata::Payload;

use super::RegistryError;
use crate::model::Digest;

/// What stands in a component, its parts included.
#[derive(Default)]
struct Found {
    /// Field, name and version of what took part in making it.
    producers: BTreeSet<(String, String, String)>,
    /// Name and version of what it was compiled with, where it says so.
    dependencies: BTreeSet<(String, String)>,
}

/// What is looked at in such a text that came from others.
#[derive(Deserialize)]
struct Bom {
    #[serde(rename = "bomFormat")]
    format: String,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    component: Described,
}

#[derive(Deserialize)]
struct Described {
    hashes: Vec<Hash>,
}

#[derive(Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

/// Whether a text is such a bill of materials, and of this component. Nobody vouches for what else it says.
#[must_use]
pub fn is_sbom_of(text: &str, component: Digest) -> bool {
    // It is printed as it is, and must not move or colour a terminal.
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return false;
    }
    let Ok(bom) = serde_json::from_str::<Bom>(text) else { return false };
    let digits = format!("{component:x}");
    let of_component = |hash: &Hash| hash.alg == "SHA-256" && hash.content.eq_ignore_ascii_case(&digits);
    bom.format == "CycloneDX" && bom.metadata.component.hashes.iter().any(of_component)
}

/// The text for a component that was let in before. It has no time and no serial number: the same component has the same text.
///
/// # Errors
/// If the component cannot be read.
pub fn sbom(name: &str, version: &str, component: &[u8]) -> Result<String, RegistryError> {
    let failed = |error: String| RegistryError::Sbom { module: format!("{name}@{version}"), why: error };
    let payload = Payload::from_binary(component).map_err(|error| failed(error.to_string()))?;
    let mut found = Found::default();
    found.gather(&payload);
    let whole = "module";
    let (metadata, digest) = (payload.metadata(), Digest::of(component));
    let mut described = json!({
        "type": "library",
        "bom-ref": whole,
        "name": name,
        "version": version,
        "hashes": [{ "alg": "SHA-256", "content": format!("{digest:x}") }],
    });
    if let Some(fields) = described.as_object_mut() {
        if let Some(description) = &metadata.description {
            fields.insert("description".to_owned(), description.to_string().into());
        }
        if let Some(authors) = &metadata.authors {
            fields.insert("author".to_owned(), authors.to_string().into());
        }
        if let Some(licenses) = &metadata.licenses {
            fields.insert("licenses".to_owned(), json!([{ "expression": licenses.to_string() }]));
        }
        let source = metadata.source.as_ref().map(|source| ("vcs", source.to_string()));
        let homepage = metadata.homepage.as_ref().map(|homepage| ("website", homepage.to_string()));
        let elsewhere = source.into_iter().chain(homepage);
        let elsewhere: Vec<_> = elsewhere.map(|(kind, url)| json!({ "type": kind, "url": url })).collect();
        if !elsewhere.is_empty() {
            fields.insert("externalReferences".to_owned(), elsewhere.into());
        }
        let revision = metadata.revision.as_ref().map(|revision| property("wasm:revision", &revision.to_string()));
        let properties: Vec<_> = found.producers().chain(revision).collect();
        if !properties.is_empty() {
            fields.insert("properties".to_owned(), properties.into());
        }
    }
    let parts = found.dependencies.iter().map(|(name, version)| {
        json!({ "type": "library", "bom-ref": format!("{name}@{version}"), "name": name, "version": version })
    });
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": described },
        "components": parts.collect::<Vec<_>>(),
        // Nobody says that this is all.
        "compositions": [{ "aggregate": "unknown", "assemblies": [whole] }],
    });
    Ok(format!("{bom:#}\n"))
}

impl Found {
    fn gather(&mut self, payload: &Payload) {
        let metadata = payload.metadata();
        for (field, values) in metadata.producers.iter().flat_map(wasm_metadata::Producers::iter) {
            for (name, version) in values.iter() {
                self.producers.insert((field.clone(), name.clone(), version.clone()));
            }
        }
        if let Some(dependencies) = &metadata.dependencies {
            let packages = dependencies.version_info().packages.iter();
            self.dependencies.extend(packages.map(|package| (package.name.clone(), package.version.to_string())));
        }
        // How deep they nest was bounded when the component was let in.
        if let Payload::Component { children, .. } = payload {
            for child in children {
                self.gather(child);
            }
        }
    }

    fn producers(&self) -> impl Iterator<Item = Value> {
        self.producers.iter().map(|(field, name, version)| {
            property(&format!("wasm:producers:{field}"), format!("{name} {version}").trim_end())
        })
    }
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_listed_with_its_digest_and_what_it_says_of_itself() {
        let component = wat::parse_str(
            r#"(component
                (core module (@producers (language "Rust" "2024") (processed-by "rustc" "1.95.0")))
                (core module (@producers (processed-by "rustc" "1.95.0"))))"#,
        )
        .unwrap();
        let text = sbom("rule", "1.0.0", &component).unwrap();
        assert_eq!(text, sbom("rule", "1.0.0", &component).unwrap());
        let bom: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&bom["bomFormat"], &bom["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
        let described = &bom["metadata"]["component"];
        assert_eq!(described["hashes"][0]["content"], format!("{:x}", Digest::of(&component)));
        let properties = described["properties"].as_array().unwrap();
        assert_eq!(properties.len(), 2, "{properties:?}");
        assert_eq!(properties[1], property("wasm:producers:processed-by", "rustc 1.95.0"));
    }

    #[test]
    fn what_others_wrote_is_one_if_it_says_so_of_this_component() {
        let component = wat::parse_str("(component)").unwrap();
        let (digest, own) = (Digest::of(&component), sbom("rule", "1.0.0", &component).unwrap());
        assert!(is_sbom_of(&own, digest));
        let digits = format!("{digest:x}");
        assert!(is_sbom_of(&own.replace(&digits, &digits.to_uppercase()), digest));
        assert!(!is_sbom_of(&own, Digest::of(b"another")));
        for wrong in [
            String::new(),
            "[]".to_owned(),
            own.replace("CycloneDX", "SPDX"),
            own.replace("SHA-256", "MD5"),
            own.replace("\"hashes\"", "\"hash\""),
            own.replace("\"rule\"", "\"\u{9b}2J\""),
            own.replace("\n}", ""),
        ] {
            assert!(!is_sbom_of(&wrong, digest), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let error = sbom("rule", "1.0.0", b"\0asm").unwrap_err().to_string();
        assert!(error.contains("rule@1.0.0"), "{error}");
    }
}
