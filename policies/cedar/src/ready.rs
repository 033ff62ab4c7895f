//! Policies made ready: for each operation those that can hold, with what is left to evaluate of them. The engine's
//! authorizer says the same; but it puts every condition together anew for each request, and evaluates those of the other
//! operations too.

use cedar_policy::{Effect, PolicyId, PolicySet};
use cedar_policy_core::ast::{self, Context, Expr, Request, SlotEnv};
use cedar_policy_core::entities::Entities;
use cedar_policy_core::evaluator::Evaluator;
use cedar_policy_core::extensions::Extensions;
use countersign_guest::prelude::*;

use crate::names::Names;
use crate::value::is_true;

/// The policies of a module.
pub struct Ready {
    clauses: Vec<Clause>,
    /// Which of them can hold, by operation.
    by_operation: Vec<(Operation, Vec<usize>)>,
    /// There are none: an entity is its name.
    entities: Entities,
    /// There are none: a template is refused.
    slots: SlotEnv,
}

/// One policy.
struct Clause {
    policy: PolicyId,
    effect: Effect,
    /// All but what it says of the action.
    condition: Expr,
}

/// What the policies say of a request.
#[derive(Default)]
pub struct Answer<'a> {
    /// Whether a `permit` policy holds.
    pub permitted: bool,
    /// The `forbid` policies that hold.
    pub forbidding: Vec<&'a PolicyId>,
}

/// A policy that could not be evaluated, and why.
pub struct Failed {
    pub policy: PolicyId,
    pub why: String,
}

impl Ready {
    /// Makes policies ready, in the order in which they stand in the text.
    ///
    /// # Errors
    /// None in practice: what a policy says of the action can always be evaluated.
    pub fn new(policies: &PolicySet, names: &Names) -> Result<Self, String> {
        let mut policies: Vec<&cedar_policy::Policy> = policies.policies().collect();
        policies.sort_by_key(|policy| policy.as_ref().loc().map_or(0, |loc| loc.start()));
        let (entities, slots) = (Entities::new(), SlotEnv::new());
        let mut by_operation = Vec::new();
        for operation in Operation::ALL {
            let action = || names.action(*operation);
            let request = Request::new_unchecked(action(), action(), action(), Some(Context::empty()));
            let evaluator = Evaluator::new(request, &entities, Extensions::all_available());
            let mut able = Vec::new();
            for (place, policy) in policies.iter().enumerate() {
                let about = policy.as_ref().action_constraint().as_expr();
                if is_true(&evaluator.interpret(&about, &slots).map_err(|error| error.to_string())?) {
                    able.push(place);
                }
            }
            by_operation.push((*operation, able));
        }
        let clauses = policies.into_iter().map(|policy| Clause {
            policy: policy.id().clone(),
            effect: policy.effect(),
            condition: condition(policy.as_ref()),
        });
        Ok(Self { clauses: clauses.collect(), by_operation, entities, slots })
    }

    /// What the policies say of a request for an operation.
    ///
    /// # Errors
    /// The first policy that could not be evaluated.
    pub fn answer(&self, operation: Operation, request: Request) -> Result<Answer<'_>, Failed> {
        let evaluator = Evaluator::new(request, &self.entities, Extensions::all_available());
        let mut answer = Answer::default();
        let able = self.by_operation.iter().find(|(of, _)| *of == operation).map(|(_, able)| able.as_slice());
        for clause in able.unwrap_or_default().iter().filter_map(|place| self.clauses.get(*place)) {
            let value = evaluator.interpret(&clause.condition, &self.slots).map_err(|error| Failed {
                policy: clause.policy.clone(),
                why: rules::place::without_values(&error.to_string()),
            })?;
            match clause.effect {
                _ if !is_true(&value) => {}
                Effect::Permit => answer.permitted = true,
                Effect::Forbid => answer.forbidding.push(&clause.policy),
            }
        }
        Ok(answer)
    }
}

/// What a policy says of everything but the action. As in the engine, what it evaluates to is a truth value or an error.
fn condition(policy: &ast::Policy) -> Expr {
    let rest = policy.non_scope_constraints().cloned().unwrap_or_else(|| Expr::val(true));
    let about_resource = policy.resource_constraint().as_expr();
    Expr::and(policy.principal_constraint().as_expr(), Expr::and(about_resource, rest))
}
