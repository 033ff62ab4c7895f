//! What an assistant asks, whatever protocol it speaks.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::app::App;
use super::auth::{lacks, require};
use super::decisions;
use super::problem::{Code, Problem};
use super::rules;
use super::suggestions::{ask, parse};
use crate::access::{Permission, Principal};

/// An answer, or a problem as it is written.
pub type Said = Result<Value, Value>;

impl App {
    /// Decides about a suggestion, the text of one JSON object; with `record` the decision is on disk afterwards.
    pub async fn suggest(&self, principal: &Principal, suggestion: String, record: bool) -> Said {
        let asked = async {
            require(principal, if record { Permission::Suggest } else { Permission::Check })?;
            self.spend(principal).map_err(|_| Problem::new(Code::Busy, "too much was asked for in the last second"))?;
            let answer = ask(self, parse(1, suggestion)?, principal, record).map_err(|(problem, _)| problem)?;
            written(&answer.await?.written())
        };
        said(asked.await)
    }

    /// What is on record of a decision, and why it was made.
    pub async fn explain(self: &Arc<Self>, principal: Arc<Principal>, id: String) -> Said {
        let any_of = [Permission::ReadDecisions, Permission::ReadOwn];
        if !any_of.iter().any(|permission| principal.may(*permission)) {
            return said(Err(lacks(&principal, &any_of)));
        }
        // What was answered says nothing that the rest does not, and whoever reads this pays by the word.
        let shown = decisions::show(self, principal, id).await.map(|mut shown| {
            shown.answer = None;
            shown
        });
        said(shown.and_then(|shown| written(&shown)))
    }

    /// The rules in force.
    ///
    /// # Errors
    /// A problem, if whoever asks may not read rules.
    pub fn rules(&self, principal: &Principal) -> Said {
        said(require(principal, Permission::ReadRules).and_then(|()| written(&rules::in_force(self))))
    }

    /// Who has a token.
    ///
    /// # Errors
    /// Why it is not good, in words.
    pub fn admit(&self, token: &str) -> Result<Arc<Principal>, String> {
        let admitted = self
            .readers
            .with(|ledger| Ok::<_, crate::ledger::LedgerError>(self.access.admit(ledger, token, Timestamp::now())));
        admitted.map_err(|error| error.to_string())?.map_err(|refused| refused.to_string())
    }
}

fn written(answer: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(answer)
        .map_err(|error| Problem::new(Code::Bug, format!("the answer has no JSON form: {error}")))
}

fn said(done: Result<Value, Problem>) -> Said {
    done.map_err(|problem| serde_json::to_value(problem.written()).unwrap_or_default())
}
