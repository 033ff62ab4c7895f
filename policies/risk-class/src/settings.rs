//! What a deployment may set, and the defaults.

use std::collections::BTreeMap;

use countersign_guest::prelude::*;

/// How much may be done without a person, by field and operation.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The mode by operation and sensitivity. An operation that is not named keeps its default: append, enrich,
    /// overwrite and summarize are `apply`, `review`, `human-only`; clear, act and merge are `review`, `review`,
    /// `human-only`; delete is `review`, `human-only`, `human-only`.
    pub matrix: Matrix,
    /// Operations that cannot be undone. They need at least `review` and two approvals whatever the matrix says, and
    /// are also classed as a whole (`no-field`) where they name fields. `merge` and `delete` always are, listed or not.
    pub irreversible: Vec<Operation>,
    /// The sensitivity of a suggestion that changes no field, by operation. Defaults: delete `high`; merge, act and
    /// summarize `medium`. The other operations count as `high` then.
    pub no_field: NoField,
    /// The mode that a tag of the catalogue asks for at least. Joins the defaults: `legal`, `payment`,
    /// `government-id` and `privacy-flag` are `human-only`; `apply` switches one off.
    pub tags: BTreeMap<String, Outcome>,
    /// What a review must look like, by sensitivity.
    pub review: Review,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            matrix: Matrix::default(),
            irreversible: vec![Operation::Merge, Operation::Delete],
            no_field: NoField::default(),
            tags: ["legal", "payment", "government-id", "privacy-flag"]
                .into_iter()
                .map(|tag| (tag.to_owned(), Outcome::HumanOnly))
                .collect(),
            review: Review::default(),
        }
    }
}

/// The modes of one operation; all three are written.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Row {
    /// Of fields of low sensitivity.
    low: Outcome,
    /// Of fields of medium sensitivity.
    medium: Outcome,
    /// Of fields of high sensitivity.
    high: Outcome,
}

impl Row {
    /// The mode of one sensitivity.
    pub fn mode(self, level: Sensitivity) -> Outcome {
        match level {
            Sensitivity::Low => self.low,
            Sensitivity::Medium => self.medium,
            Sensitivity::High => self.high,
        }
    }
}

/// The modes by operation.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Matrix {
    append: Row,
    enrich: Row,
    overwrite: Row,
    clear: Row,
    merge: Row,
    delete: Row,
    summarize: Row,
    act: Row,
}

impl Default for Matrix {
    fn default() -> Self {
        let by_sensitivity = Row { low: Outcome::Apply, medium: Outcome::Review, high: Outcome::HumanOnly };
        let never_alone = Row { low: Outcome::Review, ..by_sensitivity };
        Self {
            append: by_sensitivity,
            enrich: by_sensitivity,
            overwrite: by_sensitivity,
            clear: never_alone,
            merge: never_alone,
            delete: Row { medium: Outcome::HumanOnly, ..never_alone },
            summarize: by_sensitivity,
            act: never_alone,
        }
    }
}

impl Matrix {
    /// The modes of one operation.
    pub fn row(&self, operation: Operation) -> Row {
        match operation {
            Operation::Append => self.append,
            Operation::Enrich => self.enrich,
            Operation::Overwrite => self.overwrite,
            Operation::Clear => self.clear,
            Operation::Merge => self.merge,
            Operation::Delete => self.delete,
            Operation::Summarize => self.summarize,
            Operation::Act => self.act,
        }
    }
}

/// The sensitivity of a suggestion that changes no field.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NoField {
    delete: Sensitivity,
    merge: Sensitivity,
    act: Sensitivity,
    summarize: Sensitivity,
}

impl Default for NoField {
    fn default() -> Self {
        Self {
            delete: Sensitivity::High,
            merge: Sensitivity::Medium,
            act: Sensitivity::Medium,
            summarize: Sensitivity::Medium,
        }
    }
}

impl NoField {
    /// The sensitivity of one operation.
    pub fn level(&self, operation: Operation) -> Sensitivity {
        match operation {
            Operation::Delete => self.delete,
            Operation::Merge => self.merge,
            Operation::Act => self.act,
            Operation::Summarize => self.summarize,
            // These mean nothing without a field, so nobody can say what they would do.
            Operation::Append | Operation::Enrich | Operation::Overwrite | Operation::Clear => Sensitivity::High,
        }
    }
}

/// What a review must look like, by sensitivity.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Review {
    /// Default: priority 2, within 48 hours, any reviewer.
    pub low: Needs,
    /// Default: priority 4, within 48 hours, any reviewer.
    pub medium: Needs,
    /// Default: priority 6, within 24 hours, role `senior-reviewer`.
    pub high: Needs,
}

/// What one review must look like.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Needs {
    /// The role that may approve; without it, any reviewer.
    pub role: Option<String>,
    /// How urgent it is, from 0 (whenever) to 9 (now).
    pub priority: u8,
    /// Within how many hours it must be decided; without it, there is no limit.
    pub within_hours: Option<u32>,
}

impl Default for Review {
    fn default() -> Self {
        Self {
            low: Needs { role: None, priority: 2, within_hours: Some(48) },
            medium: Needs { role: None, priority: 4, within_hours: Some(48) },
            high: Needs { role: Some("senior-reviewer".into()), priority: 6, within_hours: Some(24) },
        }
    }
}

impl Review {
    /// The needs of one sensitivity.
    pub fn needs(&self, level: Sensitivity) -> &Needs {
        match level {
            Sensitivity::Low => &self.low,
            Sensitivity::Medium => &self.medium,
            Sensitivity::High => &self.high,
        }
    }
}
