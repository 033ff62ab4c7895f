//! What a deployment may set, and the defaults.

use std::collections::BTreeMap;

use countersign_guest::prelude::*;

use crate::words;

/// What may be done to records under a regime, and which summaries need a person.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The mode by regime. Joins the defaults: `banking`, `health` and `insurance` are `review`, `children` is
    /// `human-only`. Under a regime an `act` is at least `review`.
    pub regimes: BTreeMap<String, Outcome>,
    /// The mode of a regime that is not named. Default: `review`.
    pub unknown_regime: Outcome,
    /// Operations that regimes do not concern; not `act`. Default: none.
    pub exempt_operations: Vec<Operation>,
    /// The role that may approve under a regime; an empty text: any reviewer. Default: `compliance`.
    pub role: String,
    /// By which words and phrases a summary recommends an action, at most 200 of at most 100 bytes. Case and accents do
    /// not matter; a `*` at the end stands for any ending. None: summaries are not looked at. Default: a list in
    /// English, German, French and Spanish.
    pub recommendation_words: Vec<String>,
    /// The fields that summaries are written to, names or `#tag`s: their values are read. Default: `#summary`. A
    /// summary anywhere else cannot be read and so needs a person.
    pub summary_fields: Vec<String>,
    /// What happens to a summary that recommends an action or cannot be read. Default: `review`.
    pub on_recommendation: Outcome,
}

impl Default for Settings {
    fn default() -> Self {
        let regimes = [
            ("banking", Outcome::Review),
            ("health", Outcome::Review),
            ("insurance", Outcome::Review),
            ("children", Outcome::HumanOnly),
        ];
        Self {
            regimes: regimes.map(|(regime, mode)| (regime.to_owned(), mode)).into(),
            unknown_regime: Outcome::Review,
            exempt_operations: Vec::new(),
            role: "compliance".to_owned(),
            recommendation_words: words::DEFAULT.map(str::to_owned).to_vec(),
            summary_fields: vec!["#summary".to_owned()],
            on_recommendation: Outcome::Review,
        }
    }
}
