//! Who says so, as the command line takes it.

use clap::Args;

use super::open;
use super::place::{WrongUsage, for_a_folder};

/// Who says so.
#[derive(Debug, Args)]
pub(super) struct ByArgs {
    /// Who says so: a name or an opaque id, as the ledger keeps it for good; `cli` if not given. Through a service, whoever
    /// the token is of.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl ByArgs {
    /// The name that the ledger keeps.
    pub(super) fn actor(&self) -> &str {
        self.by.as_deref().unwrap_or(open::ACTOR)
    }

    /// Whether somebody is named.
    pub(super) fn is_given(&self) -> bool {
        self.by.is_some()
    }

    /// Refuses a name where a service knows who asks.
    pub(super) fn not_for_a_service(&self) -> Result<(), WrongUsage> {
        for_a_folder(&[("--by", self.by.is_some(), "the ledger says who authenticated")])
    }
}
