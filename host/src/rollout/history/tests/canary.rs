//! Canaries: what they need, how they go on, and what ends them.

use super::*;
use crate::rollout::{Counts, EndCause, Gate, GateResult, GateVerdict, Gates, GatesReport, Plan, Share, Standing};

const SALT: &str = "00112233445566778899aabbccddeeff";

fn plan() -> Plan {
    let steps = vec![Share(500), Share(2_500), Share::ALL];
    Plan { steps, segment: Some("saas".into()), auto: false, gates: Gates::default() }
}

/// What gates say of the step that the canary has reached.
fn report(place: &Place, standing: Standing) -> GatesReport {
    let verdict = if standing == Standing::Passed { GateVerdict::Passed } else { GateVerdict::Inconclusive };
    let gates = vec![GateResult { gate: Gate::Samples, verdict, why: "so many".into() }];
    let share = place.history().running_canary().unwrap().share();
    GatesReport { standing, share, counts: Counts::default(), gates }
}

impl Place {
    fn proposed(&mut self, version: &str) -> u64 {
        let proposal = self.propose(version, "ana");
        self.approve(proposal, "ben", Some(Role::Approver)).unwrap();
        proposal
    }

    fn try_it(&mut self, proposal: u64, plan: &Plan) -> Result<u64, RolloutError> {
        let version = self.history().proposals.iter().find(|one| one.seq == proposal).unwrap().set.version.clone();
        let set = set(&mut self.ledger, &version);
        self.record(|history, _| {
            let meant = history.proposal(&Reference::Number(proposal), |_| None)?;
            history.begin_canary((meant, &set), (SALT, plan), &Approvals::default(), act("op"))
        })
    }

    /// A ledger in which version 1.0.0 decides and 2.0.0 is tried, with its proposal and the event that began it.
    fn trying() -> (Self, u64, u64) {
        let mut place = Self::begun();
        let proposal = place.proposed("2.0.0");
        let begun = place.try_it(proposal, &plan()).unwrap();
        (place, proposal, begun)
    }

    fn promote(&mut self, gates: &GatesReport) -> Result<u64, RolloutError> {
        let set = set(&mut self.ledger, "2.0.0");
        self.record(|history, catalogue| history.promote(&set, gates, catalogue, act("op")))
    }

    fn end(&mut self, cause: EndCause, gates: Option<&GatesReport>) -> Result<u64, RolloutError> {
        self.record(|history, _| history.end_canary(cause, gates, act("countersign")))
    }
}

#[test]
fn only_what_others_approved_is_tried_and_by_a_plan_that_can_be_followed() {
    let mut place = Place::begun();
    assert!(matches!(place.history().running_canary(), Err(RolloutError::NoCanary)));
    let proposal = place.propose("2.0.0", "ana");
    assert!(matches!(place.try_it(proposal, &plan()), Err(RolloutError::Unapproved { needed: 1, given: 0, .. })));
    place.approve(proposal, "ben", Some(Role::Approver)).unwrap();
    let endless = Plan { steps: vec![Share(500)], ..plan() };
    assert!(matches!(place.try_it(proposal, &endless), Err(RolloutError::Plan(_))));
    place.freeze().unwrap();
    assert!(matches!(place.try_it(proposal, &plan()), Err(RolloutError::Frozen)));
    place.thaw().unwrap();
    assert_eq!(place.history().canary, None);

    let begun = place.try_it(proposal, &plan()).unwrap();
    let history = place.history();
    let canary = history.running_canary().unwrap();
    assert_eq!((canary.seq, canary.proposal, canary.step, canary.step_seq), (begun, proposal, 0, begun));
    assert_eq!((canary.set.version.as_str(), canary.against.version.as_str()), ("2.0.0", "1.0.0"));
    assert_eq!((canary.salt.as_str(), &canary.plan, canary.share()), (SALT, &plan(), Share(500)));
    assert_eq!((canary.by.as_str(), canary.since.as_str(), canary.reason.as_str()), ("op", AT, "because"));
    assert_eq!(history.change().unwrap(), (begun, AT));
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Thaw), "the other set decides about all others");
}

#[test]
fn while_one_is_tried_nothing_else_comes_into_force() {
    let (mut place, proposal, begun) = Place::trying();
    for refused in [place.activate(proposal), place.try_it(proposal, &plan())] {
        assert!(matches!(refused, Err(RolloutError::CanaryRuns { seq, .. }) if seq == begun), "{refused:?}");
    }
    // Another one may be proposed and approved meanwhile, but has to wait.
    let next = place.proposed("3.0.0");
    let error = place.activate(next).unwrap_err().to_string();
    assert!(error.starts_with("the set s@2.0.0 is tried on a part of the records"), "{error}");
    assert_eq!(place.history().running_canary().unwrap().seq, begun);
}

#[test]
fn the_last_step_brings_the_set_into_force() {
    let (mut place, proposal, begun) = Place::trying();
    let moved = place.promote(&report(&place, Standing::Passed)).unwrap();
    let history = place.history();
    let canary = history.running_canary().unwrap();
    assert_eq!((canary.seq, canary.step, canary.step_seq, canary.share()), (begun, 1, moved, Share(2_500)));
    assert_eq!((history.change().unwrap().0, history.proposals[0].activated), (moved, None));
    assert_eq!(place.active().0, "1.0.0");

    let activated = place.promote(&report(&place, Standing::Passed)).unwrap();
    let history = place.history();
    assert_eq!(place.active(), ("2.0.0".into(), Cause::Canary));
    assert_eq!((history.canary.is_none(), history.ended_canaries.len()), (true, 0));
    assert_eq!(history.change().unwrap().0, activated);
    assert_eq!(history.proposals[0].activated, Some(activated));
    assert!(matches!(place.activate(proposal), Err(RolloutError::Spent { activation, .. }) if activation == activated));
    assert!(matches!(place.end(EndCause::Person, None), Err(RolloutError::NoCanary)));
    place.roll_back().unwrap();
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Rollback));
}

#[test]
fn gates_that_have_not_passed_at_this_step_stop_it() {
    let (mut place, _, _) = Place::trying();
    for standing in [Standing::Holds, Standing::Failed, Standing::Broken] {
        let error = place.promote(&report(&place, standing)).unwrap_err().to_string();
        assert_eq!(error, "the canary stays at 5%: samples: so many");
    }
    let first = report(&place, Standing::Passed);
    place.promote(&first).unwrap();
    let error = place.promote(&first).unwrap_err().to_string();
    assert_eq!(error, "the canary stays at 25%: the gates were asked about 5%");
}

#[test]
fn it_ends_with_a_cause_and_the_other_set_decides_about_everything() {
    let (mut place, proposal, begun) = Place::trying();
    let gates = report(&place, Standing::Failed);
    let ended = place.end(EndCause::Gate, Some(&gates)).unwrap();
    let history = place.history();
    assert_eq!((history.canary.is_none(), history.change().unwrap().0), (true, ended));
    let [last] = history.ended_canaries.as_slice() else { panic!("{:?}", history.ended_canaries) };
    assert_eq!(
        (last.seq, last.canary.seq, last.cause, last.by.as_str()),
        (ended, begun, EndCause::Gate, "countersign")
    );
    assert_eq!((last.gates.as_ref(), last.at.as_str(), last.reason.as_str()), (Some(&gates), AT, "because"));
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Init));
    assert!(matches!(place.end(EndCause::Person, None), Err(RolloutError::NoCanary)));
    // What was approved still is, and may be tried again: by another salt, and from the first step on.
    let again = place.try_it(proposal, &plan()).unwrap();
    assert_eq!(place.history().running_canary().unwrap().seq, again);
    place.end(EndCause::Person, None).unwrap();
    assert_eq!(place.history().ended_canaries.len(), 2);
}

#[test]
fn whatever_comes_into_force_does_so_for_everything() {
    type Change = fn(&mut Place) -> Result<u64, RolloutError>;
    let mut place = Place::begun();
    place.bring("1.1.0");
    let steps: [Change; 2] = [Place::freeze, Place::roll_back];
    for (step, version) in steps.into_iter().zip(["2.0.0", "3.0.0"]) {
        let proposal = place.proposed(version);
        place.try_it(proposal, &plan()).unwrap();
        let seq = step(&mut place).unwrap();
        let history = place.history();
        assert_eq!((history.canary.is_none(), history.ended_canaries.len()), (true, 0));
        assert_eq!((history.change().unwrap().0, history.active().unwrap().seq), (seq, seq));
        if history.is_frozen() {
            place.thaw().unwrap();
            assert_eq!(place.history().canary, None, "a thaw does not bring it back");
        }
    }
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Rollback));
}

#[test]
fn steps_of_another_canary_change_nothing() {
    let (mut place, proposal, _) = Place::trying();
    let old = place.history().running_canary().unwrap().clone();
    let gates = report(&place, Standing::Passed);
    place.end(EndCause::Person, None).unwrap();
    let begun = place.try_it(proposal, &plan()).unwrap();
    // Whoever writes events himself cannot move or end one by the name of another.
    let late = [old.moved(1, &gates, act("op")).unwrap(), old.ended(EndCause::Person, None, act("op")).unwrap()];
    place.ledger.append(&late).unwrap();
    let history = place.history();
    let canary = history.running_canary().unwrap();
    assert_eq!((canary.seq, canary.step, history.ended_canaries.len()), (begun, 0, 1));
}

#[test]
fn of_two_who_promote_at_once_the_slower_one_is_told() {
    let (mut place, _, _) = Place::trying();
    let (history, gates) = (place.history(), report(&place, Standing::Passed));
    let set = set(&mut place.ledger, "2.0.0");
    let by = |who| history.promote(&set, &gates, place.catalogue, act(who)).unwrap();
    let (first, second) = (by("ben"), by("cleo"));
    let ended = history.end_canary(EndCause::Gate, None, act("countersign")).unwrap();
    record(&mut place.ledger, &history, &[first]).unwrap();
    for late in [second, ended] {
        assert!(matches!(record(&mut place.ledger, &history, &[late]), Err(RolloutError::Raced)));
    }
    assert_eq!(place.history().running_canary().unwrap().step, 1);
}
