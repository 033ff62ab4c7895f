//! The rule in Cedar. It has no numbers with a point and no loops over sources, so the host counts those that
//! cannot be checked; and it says yes or no, so up to three questions are asked.

use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, RestrictedExpression as Expression,
};
use countersign::model::{Facts, Outcome, Suggestion};

use crate::Peer;

const RULE: &str = include_str!("../rules/rule.cedar");

/// The questions, and what 'no' means.
const QUESTIONS: [(&str, Outcome); 3] =
    [("consider", Outcome::Reject), ("click", Outcome::HumanOnly), ("apply", Outcome::Review)];

pub struct Cedar {
    policies: PolicySet,
    authorizer: Authorizer,
    entities: Entities,
    /// The requests of each input, in the order of the questions.
    requests: Vec<Vec<Request>>,
}

impl Cedar {
    pub fn new(given: &[(&Suggestion, &Facts<'_>)]) -> Self {
        Self {
            policies: PolicySet::from_str(RULE).unwrap(),
            authorizer: Authorizer::new(),
            entities: Entities::empty(),
            requests: given.iter().map(|(suggestion, facts)| requests(suggestion, facts)).collect(),
        }
    }
}

fn requests(suggestion: &Suggestion, facts: &Facts<'_>) -> Vec<Request> {
    let context = context(suggestion, facts);
    let uid = |kind: &str, id: &str| EntityUid::from_str(&format!("{kind}::\"{id}\"")).unwrap();
    let request = |question: &str| {
        let target = &suggestion.target.id;
        Request::new(uid("Assistant", "acme"), uid("Action", question), uid("Record", target), context.clone(), None)
            .unwrap()
    };
    QUESTIONS.map(|(question, _)| request(question)).into()
}

fn context(suggestion: &Suggestion, facts: &Facts<'_>) -> Context {
    let text = |text: &str| Expression::new_string(text.to_owned());
    let count = |number: usize| Expression::new_long(i64::try_from(number).unwrap());
    let consents = suggestion.context.consents.iter().map(|consent| {
        let parts = [("purpose".to_owned(), text(&consent.purpose)), ("state".to_owned(), text(&consent.state))];
        Expression::new_record(parts).unwrap()
    });
    let tags = suggestion.changes.iter().flat_map(|change| &facts.class(&change.field).tags);
    let evidence = &suggestion.evidence;
    let uncheckable = evidence.iter().filter(|one| one.sha256.is_none() || one.excerpt.is_none()).count();
    let confidence = (suggestion.confidence.unwrap_or_default() * 10_000.0).round() as i64;
    let pairs = [
        ("consents", Expression::new_set(consents)),
        ("tags", Expression::new_set(tags.map(|tag| text(tag)))),
        ("confidence", Expression::new_long(confidence)),
        ("sources", count(evidence.len())),
        ("uncheckable", count(uncheckable)),
    ];
    Context::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value))).unwrap()
}

impl Peer for Cedar {
    fn outcome(&mut self, input: usize) -> Outcome {
        for (request, (_, no)) in self.requests[input].iter().zip(QUESTIONS) {
            let answer = self.authorizer.is_authorized(request, &self.policies, &self.entities);
            if answer.decision() == Decision::Deny {
                return no;
            }
        }
        Outcome::Apply
    }
}
