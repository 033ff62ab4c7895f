//! What a deployment may set, and the defaults.

use countersign_guest::prelude::*;

/// What makes a source verifiable, and how many are needed.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// How many verifiable sources are needed, from 1 to 16. Default: 1.
    pub minimum: usize,
    /// The kinds of source that count, such as `web-page`; none: all kinds.
    pub kinds: Vec<String>,
    /// The hosts that count, each with its subdomains; none: all hosts, and sources that have none.
    pub hosts: Vec<String>,
    /// Hosts that never count, each with its subdomains.
    pub denied_hosts: Vec<String>,
    /// How many days may have passed since the source was read; 0: any number. Default: 365.
    pub max_age_days: u32,
    /// Whether a source needs the SHA-256 of what was read. Default: true.
    pub require_digest: bool,
    /// Whether the record itself, and a source cited twice, do not count. Default: true.
    pub independent: bool,
    /// What happens if there are too few verifiable sources; not `apply`. Default: `review`.
    pub on_missing: Outcome,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            minimum: 1,
            kinds: Vec::new(),
            hosts: Vec::new(),
            denied_hosts: Vec::new(),
            max_age_days: 365,
            require_digest: true,
            independent: true,
            on_missing: Outcome::Review,
        }
    }
}
