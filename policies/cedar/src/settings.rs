//! What a deployment may set.

use countersign_guest::prelude::*;
use rules::settings::{AppliesTo, ReadsSetting};

/// Which policies to ask, and what they need.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What the module calls itself; its codes begin with it. Default: `cedar`.
    pub name: Option<String>,
    /// The policies' text.
    pub source: String,
    /// A schema in Cedar's own syntax that the policies are validated against, instead of the module's own.
    pub schema: Option<String>,
    /// What the policies see beyond ids, operation, names of changed fields and confidences.
    pub reads: ReadsSetting,
    /// Where the policies apply; elsewhere they are not asked.
    pub applies_to: AppliesTo,
}
