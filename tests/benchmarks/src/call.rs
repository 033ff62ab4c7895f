//! One call: a fresh instance, a suggestion of about 1 KB of which the policy sees all, fuel and all limits on.

use countersign::sandbox::{Scratch, compiled_in};
use wasmtime::Store;

use crate::rounds::{Variant, processor_time};
use crate::table::{Promise, against};
use crate::{inputs, ordinary};

/// Calls into one instance before it is replaced: the SDK's allocator frees nothing, since no instance of ours
/// lives that long.
const REUSED: usize = 100;

pub fn table() {
    let catalogue = inputs::catalogue();
    let suggestions = inputs::generated();
    let known: Vec<_> = suggestions.iter().map(|suggestion| inputs::facts(suggestion, &catalogue)).collect();
    let owned: Vec<_> = suggestions
        .iter()
        .zip(&known)
        .map(|(suggestion, facts)| (ordinary::suggestion(suggestion), ordinary::facts(suggestion, facts)))
        .collect();

    let sandbox = inputs::sandbox(1);
    let module = inputs::module(&sandbox, "{}");
    let component = compiled_in(inputs::GUEST, &inputs::request("{}")).unwrap();
    let pooling = ordinary::load_policy(&ordinary::pooling(), &component);
    let on_demand = ordinary::load_policy(&ordinary::on_demand(), &component);

    let mut scratch = Scratch::default();
    for ((suggestion, facts), (owned, owned_facts)) in suggestions.iter().zip(&known).zip(&owned) {
        let ours = module.decide(&mut scratch, suggestion, facts, &[]).result.unwrap();
        for pre in [&pooling, &on_demand] {
            let theirs = ordinary::fresh(pre, owned, owned_facts);
            assert_eq!(ours.outcome as u8, theirs.outcome as u8);
            assert!(
                ours.reasons.iter().map(|reason| &reason.code).eq(theirs.reasons.iter().map(|reason| &reason.code))
            );
        }
    }

    let mut inputs = suggestions.iter().zip(&known).cycle();
    let mut for_pooling = owned.iter().cycle();
    let mut for_on_demand = owned.iter().cycle();
    let mut for_reused = owned.iter().cycle();
    let mut instance = None;
    let measured = processor_time(vec![
        Variant::new("ours, fresh instance", || {
            let (suggestion, facts) = inputs.next().unwrap();
            module.decide(&mut scratch, suggestion, facts, &[]).result.unwrap();
        }),
        Variant::new("pooling allocator by default, fresh instance", || {
            let (suggestion, facts) = for_pooling.next().unwrap();
            ordinary::fresh(&pooling, suggestion, facts);
        }),
        Variant::new("on-demand allocator by default, fresh instance", || {
            let (suggestion, facts) = for_on_demand.next().unwrap();
            ordinary::fresh(&on_demand, suggestion, facts);
        }),
        Variant::new("reused instance, no isolation", || {
            let (mut store, policy, left) = instance.take().unwrap_or_else(|| {
                let mut store = Store::new(pooling.engine(), ordinary::State::default());
                let policy = pooling.instantiate(&mut store).unwrap();
                (store, policy, REUSED)
            });
            let (suggestion, facts) = for_reused.next().unwrap();
            policy.call_decide(&mut store, suggestion, facts, &[]).unwrap().unwrap();
            if left > 1 {
                instance = Some((store, policy, left - 1));
            }
        }),
    ]);
    against(
        "One call",
        "engine and instance",
        &measured,
        &[
            Promise { yardstick: &measured[1].name, at_most: 0.2 },
            Promise { yardstick: &measured[2].name, at_most: 0.12 },
            Promise { yardstick: &measured[3].name, at_most: 2.7 },
        ],
    );
}
