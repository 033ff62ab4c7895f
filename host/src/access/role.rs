//! Roles, and what each may do. `ROLES.md` beside this file shows the same table to people; a test holds the two together.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A word that names no role, or no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {what}; there are: {known}")]
pub struct UnknownWord {
    word: String,
    what: &'static str,
    known: String,
}

macro_rules! words {
    ($(#[$doc:meta])+ $type:ident, $what:literal, $($(#[$each:meta])+ $name:ident = $text:literal,)+) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum $type {
            $($(#[$each])+ #[serde(rename = $text)] $name,)+
        }

        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().find(|known| known.as_str() == word).copied().ok_or_else(|| UnknownWord {
                    word: word.to_owned(),
                    what: $what,
                    known: Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// What somebody is to a deployment.
    Role, "role",
    /// A program that suggests changes, and acts on what was decided about them.
    Assistant = "assistant",
    /// Clears the queue of reviews.
    Reviewer = "reviewer",
    /// Reviews also what needs more than one approval.
    SeniorReviewer = "senior-reviewer",
    /// Answers for what is lawful.
    Compliance = "compliance",
    /// Writes policies.
    Author = "author",
    /// Lets policies into force.
    Approver = "approver",
    /// Runs the service.
    Operator = "operator",
    /// Proves what happened.
    Auditor = "auditor",
    /// Says who comes in.
    Admin = "admin",
}

words! {
    /// Something that one may do.
    Permission, "permission",
    /// Suggest a change: it is decided, and the decision recorded.
    Suggest = "suggest",
    /// Ask what would be decided about a change; nothing is recorded.
    Check = "check",
    /// Read the decisions about one's own suggestions.
    ReadOwn = "read-own",
    /// Read every decision, without personal values.
    ReadDecisions = "read-decisions",
    /// See the personal values of a decision that one may read.
    ReadValues = "read-values",
    /// Have a decision made again and compared.
    Reproduce = "reproduce",
    /// Get the proof of a decision, which holds its personal values.
    Prove = "prove",
    /// Have past suggestions run through another set.
    Replay = "replay",
    /// Draw samples of decisions, look at what was drawn, and record what one finds.
    Audit = "audit",
    /// Record what people know of suggestions that were decided.
    ImportTruth = "import-truth",
    /// Read sets and modules.
    ReadRules = "read-rules",
    /// Read the head of the ledger, and have it signed.
    ReadLedger = "read-ledger",
    /// Export every event of the ledger, without personal values.
    Export = "export",
    /// Get a copy of the whole ledger, which holds all personal values.
    BackUp = "back-up",
    /// Put personal values on hold, end holds, and list them.
    Hold = "hold",
    /// Destroy personal values for good.
    Erase = "erase",
    /// Publish modules, propose sets, and let them judge in the shadow.
    Propose = "propose",
    /// Approve sets that others proposed.
    Approve = "approve",
    /// Bring approved sets into force, at once or on a growing part of the records.
    Activate = "activate",
    /// Go back to an earlier set, end a canary, freeze everything, end a freeze, and withdraw modules.
    Intervene = "intervene",
    /// Read the metrics.
    ReadMetrics = "read-metrics",
    /// Create, list and revoke tokens.
    ManageTokens = "manage-tokens",
}

impl Permission {
    /// The roles that have it.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        use Role::{Admin, Approver, Assistant, Auditor, Author, Compliance, Operator, Reviewer, SeniorReviewer};
        match self {
            Self::Suggest | Self::ReadOwn => &[Assistant],
            Self::Check => &[Assistant, Author],
            Self::ReadDecisions => &[Reviewer, SeniorReviewer, Compliance, Author, Approver, Operator, Auditor, Admin],
            // An assistant sees what it suggested itself, and no more.
            Self::ReadValues => &[Assistant, Reviewer, SeniorReviewer, Compliance, Auditor],
            Self::Reproduce => &[Compliance, Author, Approver, Auditor],
            Self::Prove | Self::Audit | Self::ImportTruth => &[Compliance, Auditor],
            Self::Replay => &[Author, Approver, Auditor],
            Self::ReadRules => Role::ALL,
            Self::ReadLedger | Self::Export => &[Compliance, Operator, Auditor, Admin],
            // Whoever keeps the ledger from being lost, and nobody who says who comes in.
            Self::BackUp => &[Operator],
            Self::Hold | Self::Erase => &[Compliance],
            Self::Propose => &[Author],
            Self::Approve => &[Compliance, Approver],
            Self::Activate => &[Approver, Operator],
            Self::Intervene => &[Compliance, Approver, Operator],
            Self::ReadMetrics => &[Operator, Admin],
            Self::ManageTokens => &[Admin],
        }
    }
}

impl Role {
    /// Whether the role has a permission.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        permission.roles().contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn the_table_for_people_is_the_one_that_holds() {
        let mut table = String::from("| |");
        for role in Role::ALL {
            let _ = write!(table, " {role} |");
        }
        let _ = write!(table, "\n|---|{}\n", "---|".repeat(Role::ALL.len()));
        for permission in Permission::ALL {
            let _ = write!(table, "| {permission} |");
            for role in Role::ALL {
                table.push_str(if role.may(*permission) { " ✓ |" } else { " |" });
            }
            table.push('\n');
        }
        let file = include_str!("ROLES.md");
        assert!(file.contains(&table), "put this into ROLES.md:\n{table}");
    }

    #[test]
    fn words_are_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
            assert_eq!(serde_json::to_string(role).unwrap(), format!("\"{role}\""));
        }
        let error = "root".parse::<Role>().unwrap_err().to_string();
        assert_eq!(
            error,
            "`root` is no role; there are: assistant, reviewer, senior-reviewer, compliance, author, approver, operator, \
             auditor, admin"
        );
    }
}
