//! What a deployment may set, and the defaults.

use std::collections::BTreeMap;

use countersign_guest::prelude::*;

/// Which consent is needed for what.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The purpose that the data subject must have agreed to, by operation; an empty text: none. Defaults: append,
    /// enrich, overwrite, merge and summarize `enrichment`; act `outreach`; clear and delete none.
    pub purposes: Purposes,
    /// The purpose by field name or `#tag` instead; an empty text: none. A name goes before tags; of several tags
    /// all purposes are needed. An operation that needs no consent needs none here either.
    pub fields: BTreeMap<String, String>,
    /// The kinds of record that are people; none: all kinds. Default: `contact`, `lead`, `person`. A first letter
    /// in upper case is meant too.
    pub objects: Vec<String>,
    /// What happens without a consent, with one that has expired, or with one in a state that is not known.
    /// Default: `review`.
    pub on_missing: Outcome,
    /// What happens if consent is denied or revoked; not `apply`. Default: `reject`.
    pub on_denied: Outcome,
    /// After how many days a consent no longer counts; 0: never. Default: 0. One without a time has expired then.
    pub expires_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            purposes: Purposes::default(),
            fields: BTreeMap::new(),
            objects: ["contact", "lead", "person"].map(str::to_owned).to_vec(),
            on_missing: Outcome::Review,
            on_denied: Outcome::Reject,
            expires_days: 0,
        }
    }
}

/// A purpose for each operation.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Purposes {
    append: String,
    enrich: String,
    overwrite: String,
    clear: String,
    merge: String,
    delete: String,
    summarize: String,
    act: String,
}

impl Default for Purposes {
    fn default() -> Self {
        let enrichment = || "enrichment".to_owned();
        Self {
            append: enrichment(),
            enrich: enrichment(),
            overwrite: enrichment(),
            // To hold less of somebody needs nobody's consent.
            clear: String::new(),
            merge: enrichment(),
            delete: String::new(),
            summarize: enrichment(),
            act: "outreach".to_owned(),
        }
    }
}

impl Purposes {
    /// The purposes of all operations.
    pub fn all(&self) -> [(Operation, &str); 8] {
        [
            (Operation::Append, &self.append),
            (Operation::Enrich, &self.enrich),
            (Operation::Overwrite, &self.overwrite),
            (Operation::Clear, &self.clear),
            (Operation::Merge, &self.merge),
            (Operation::Delete, &self.delete),
            (Operation::Summarize, &self.summarize),
            (Operation::Act, &self.act),
        ]
    }

    /// The purpose of one operation; empty: none.
    pub fn of(&self, operation: Operation) -> &str {
        self.all().into_iter().find(|(named, _)| *named == operation).map_or("", |(_, purpose)| purpose)
    }
}
