use super::*;
use crate::model::{Digest, Limits, ModuleKind, Outcome};
use crate::modules::{Lock, LockedModule, SetModule};
use crate::rollout::EndCause;
use crate::runtime::arms::tests::{NOW, act, begin, deployment, empty, step};

/// A set with a module that no sandbox loads.
fn unusable() -> PolicySet {
    let component = b"no component".as_slice();
    let locked = LockedModule {
        kind: ModuleKind::Policy,
        name: "broken".into(),
        version: "1.0.0".into(),
        digest: Digest::of(component),
        settings: Digest::of(b"{}"),
        on_fault: Outcome::Review,
        scripted: false,
        limits: Limits::default(),
    };
    let lock = Lock { name: "tried".into(), version: "1.0.0".into(), modules: vec![locked.clone()] };
    let module = SetModule { locked, component: component.into(), settings: "{}".into() };
    PolicySet { set_ref: lock.set_ref().unwrap(), lock, modules: vec![module] }
}

#[test]
fn the_active_set_decides_alone_while_the_one_that_is_tried_cannot_be_used() {
    let (_folder, deployment, mut ledger) = deployment();
    let (active, broken, home) = (empty("active"), unusable(), deployment.home.clone());
    let deployment = Arc::new(deployment);
    for set in [&*active, &broken] {
        deployment.keep(&mut ledger, set, NOW, "cli").unwrap();
    }
    let activated = step(&mut ledger, |_| History::begin(&active, deployment.catalogue_digest, act("cli")));
    let begun = begin(&mut ledger, &broken);

    let why = Ready::new(Arc::clone(&deployment), &mut ledger).err().unwrap();
    assert!(matches!(why, DeploymentError::Unusable { .. }), "{why}");
    let alone = Ready::first(Arc::clone(&deployment), &mut ledger).unwrap();
    assert_eq!((alone.change, alone.canary.is_none()), (activated, true), "what is newer is not in use");
    assert!(alone.health().reload.is_some_and(|why| why.contains("`broken` of the set tried")));
    // Whoever decided before the activation takes that over; whoever decides since then goes on.
    let since = |change| Ready::alone_since(change, Arc::clone(&deployment), &home, &why).map(|ready| ready.change);
    assert!(activated > 0 && begun > activated);
    assert_eq!((since(activated - 1), since(activated), since(begun)), (Some(activated), None, None));

    let ended = step(&mut ledger, |history| history.end_canary(EndCause::Unusable, None, act("op")));
    let ready = Ready::first(deployment, &mut ledger).unwrap();
    assert_eq!((ready.change, ready.health().reload), (ended, None));
}
