//! What the policies say of a request is what the engine's authorizer says.

use cedar_policy::{Authorizer, Decision, Entities};

use super::*;

/// Policies that say something of every part of a request.
const SCOPED: &str = r#"
    permit (principal is Assistant, action in [Action::"enrich", Action::"merge", Action::"append"], resource);
    permit (principal, action == Action::"clear", resource) when { context has confidence };
    @code("cedar.a") @reason("A.")
    forbid (principal == Assistant::"/", action, resource) unless { context.fields.contains("city") };
    @code("cedar.b") @reason("B.")
    forbid (principal, action in [Action::"merge", Action::"delete"], resource == Record::"hubspot/contact/101");
    @code("cedar.c") @reason("C.")
    forbid (principal, action, resource is Record) when { context has confidence && context.confidence.lessThan(decimal("0.6")) };
"#;

#[test]
fn the_authorizer_says_the_same() {
    let examples = ["confidence", "consent", "risk-class"].map(example);
    let (mut allowed, mut denied) = (0, 0);
    for settings in examples.into_iter().chain([settings(SCOPED)]) {
        let module = testing::configured::<Cedar>(&settings).unwrap();
        for (suggestion, facts, findings) in rules::sample::several() {
            let about = request::Situation::new(&module.names, &suggestion, &facts, &findings);
            for change in suggestion.changes.iter().map(Some).chain([None]) {
                let asked = about.asked(change).unwrap();
                let ours = module.ready.answer(asked.operation(), asked.request.clone());
                let ours = ours.unwrap_or_else(|failed| panic!("{}: {}", failed.policy, failed.why));
                let theirs =
                    Authorizer::new().is_authorized(&asked.request.into(), &module.policies, &Entities::empty());
                assert_eq!(theirs.diagnostics().errors().count(), 0);
                if theirs.decision() == Decision::Allow {
                    allowed += 1;
                    assert!(ours.permitted && ours.forbidding.is_empty());
                    continue;
                }
                denied += 1;
                let mut forbidding = ours.forbidding;
                let mut reasons: Vec<_> = theirs.diagnostics().reason().collect();
                forbidding.sort_unstable();
                reasons.sort_unstable();
                assert_eq!(forbidding, reasons);
                assert!(!ours.permitted || !reasons.is_empty());
            }
        }
    }
    assert!(allowed > 50 && denied > 50, "{allowed} are allowed, {denied} denied");
}
