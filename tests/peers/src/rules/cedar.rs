//! Cedar by cedar-policy: each changed field is one request, as in the module.

use std::collections::HashMap;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicyId, PolicySet, Request,
    RestrictedExpression as Expression,
};
use countersign::model::{Facts, Outcome, Suggestion};

use super::document::{consent_now, document, word};
use crate::Peer;
use crate::examples::Example;
use crate::native::named;

pub struct Cedar {
    policies: PolicySet,
    authorizer: Authorizer,
    entities: Entities,
    requests: Vec<Vec<Request>>,
    /// What each policy that says it asks for.
    outcomes: HashMap<PolicyId, Outcome>,
}

impl Cedar {
    pub fn new(rule: &Example, given: &[(&Suggestion, &Facts<'_>)]) -> Self {
        let policies = PolicySet::from_str(rule.settings["source"].as_str().unwrap()).unwrap();
        let outcomes =
            policies.policies().filter_map(|policy| Some((policy.id().clone(), named(policy.annotation("outcome")?))));
        Self {
            outcomes: outcomes.collect(),
            policies,
            authorizer: Authorizer::new(),
            entities: Entities::empty(),
            requests: given.iter().map(|(suggestion, facts)| requests(suggestion, facts)).collect(),
        }
    }
}

fn requests(suggestion: &Suggestion, facts: &Facts<'_>) -> Vec<Request> {
    let document = document(suggestion, facts);
    let operation = document["suggestion"]["operation"].as_str().unwrap();
    let uid = |kind: &str, id: &str| EntityUid::from_str(&format!("{kind}::\"{id}\"")).unwrap();
    let changes = suggestion.changes.iter().map(|change| {
        let class = facts.class(&change.field);
        let parts = [
            ("field", text(&change.field)),
            ("sensitivity", text(word(class.sensitivity))),
            ("tags", Expression::new_set(class.tags.iter().map(|tag| text(tag)))),
            ("verified", Expression::new_bool(false)),
        ];
        let confidence = change.confidence.or(suggestion.confidence).unwrap();
        let consents = consent_now(suggestion, facts).into_iter();
        let consents = consents.map(|(purpose, state)| record([("purpose", text(purpose)), ("state", text(state))]));
        let pairs = [
            ("change", record(parts)),
            ("confidence", Expression::new_decimal(format!("{confidence:.4}"))),
            ("consents", Expression::new_set(consents)),
        ];
        let context = Context::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value))).unwrap();
        let record = uid("Record", &suggestion.target.id);
        Request::new(uid("Assistant", "/"), uid("Action", operation), record, context, None).unwrap()
    });
    changes.collect()
}

fn text(text: &str) -> Expression {
    Expression::new_string(text.to_owned())
}

fn record<const N: usize>(parts: [(&str, Expression); N]) -> Expression {
    Expression::new_record(parts.map(|(name, value)| (name.to_owned(), value))).unwrap()
}

impl Peer for Cedar {
    fn outcome(&mut self, input: usize) -> Outcome {
        let outcomes = self.requests[input].iter().map(|request| {
            let answer = self.authorizer.is_authorized(request, &self.policies, &self.entities);
            if answer.decision() == Decision::Allow {
                return Outcome::Apply;
            }
            let said = answer.diagnostics().reason().map(|policy| self.outcomes.get(policy));
            said.map(|outcome| outcome.copied().unwrap_or(Outcome::Review)).max().unwrap_or(Outcome::Review)
        });
        outcomes.max().unwrap_or(Outcome::Apply)
    }
}
