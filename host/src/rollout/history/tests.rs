mod canary;

use super::*;
use crate::modules::Lock;
use crate::rollout::record;

const AT: &str = "2026-11-20T09:00:00Z";

fn act(by: &str) -> Act<'_> {
    Act { by, at: AT, reason: "because" }
}

/// A set without modules, in the ledger's objects.
fn set(ledger: &mut Ledger, version: &str) -> PolicySet {
    let lock = Lock { name: "s".into(), version: version.into(), modules: Vec::new() };
    ledger.put_object(crate::ledger::ObjectKind::SetLock, lock.canonical().unwrap().as_bytes()).unwrap();
    PolicySet { set_ref: lock.set_ref().unwrap(), lock, modules: Vec::new() }
}

struct Place {
    ledger: Ledger,
    catalogue: Digest,
    _folder: tempfile::TempDir,
}

impl Place {
    /// A ledger in which version 1.0.0 decides.
    fn begun() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
        let catalogue = ledger.put_object(crate::ledger::ObjectKind::Catalogue, b"").unwrap();
        let first = set(&mut ledger, "1.0.0");
        let begun = History::begin(&first, catalogue, act("cli")).unwrap();
        record(&mut ledger, &History::default(), &[begun]).unwrap();
        Self { ledger, catalogue, _folder: folder }
    }

    fn history(&self) -> History {
        History::read(&self.ledger).unwrap()
    }

    fn record(
        &mut self,
        make: impl FnOnce(&History, Digest) -> Result<Prepared, RolloutError>,
    ) -> Result<u64, RolloutError> {
        let history = self.history();
        let event = make(&history, self.catalogue)?;
        record(&mut self.ledger, &history, &[event])
    }

    fn propose(&mut self, version: &str, by: &str) -> u64 {
        let set = set(&mut self.ledger, version);
        self.record(|history, _| history.propose(&set, act(by))).unwrap()
    }

    fn approve(&mut self, proposal: u64, by: &str, role: Option<Role>) -> Result<u64, RolloutError> {
        self.record(|history, _| {
            let meant = history.proposal(&Reference::Number(proposal), |_| None)?;
            history.approve(meant, role, &Approvals::default(), act(by))
        })
    }

    fn activate(&mut self, proposal: u64) -> Result<u64, RolloutError> {
        let version = self.history().proposals.iter().find(|one| one.seq == proposal).unwrap().set.version.clone();
        let set = set(&mut self.ledger, &version);
        self.record(|history, catalogue| {
            let meant = history.proposal(&Reference::Number(proposal), |_| None)?;
            history.activate(meant, &set, &Approvals::default(), catalogue, act("op"))
        })
    }

    /// Brings a version into force as it should be.
    fn bring(&mut self, version: &str) {
        let proposal = self.propose(version, "ana");
        self.approve(proposal, "ben", Some(Role::Approver)).unwrap();
        self.activate(proposal).unwrap();
    }

    fn roll_back(&mut self) -> Result<u64, RolloutError> {
        self.record(|history, catalogue| history.roll_back(catalogue, act("op")))
    }

    fn freeze(&mut self) -> Result<u64, RolloutError> {
        let frozen = PolicySet::frozen().unwrap();
        let lock = frozen.lock.canonical().unwrap();
        self.ledger.put_object(crate::ledger::ObjectKind::SetLock, lock.as_bytes()).unwrap();
        self.record(|history, catalogue| history.freeze(&frozen, catalogue, act("op")))
    }

    fn thaw(&mut self) -> Result<u64, RolloutError> {
        self.record(|history, catalogue| history.thaw(catalogue, act("op")))
    }

    fn active(&self) -> (String, Cause) {
        let history = self.history();
        let active = history.active().unwrap();
        (active.set.version.clone(), active.cause)
    }
}

#[test]
fn nothing_decides_that_nobody_else_approved() {
    let mut place = Place::begun();
    let proposal = place.propose("2.0.0", "ana");
    assert!(matches!(place.activate(proposal), Err(RolloutError::Unapproved { needed: 1, given: 0, .. })));
    assert!(matches!(place.approve(proposal, "ana", Some(Role::Approver)), Err(RolloutError::OwnProposal { .. })));
    assert!(matches!(place.approve(proposal, "eve", Some(Role::Admin)), Err(RolloutError::Role { .. })));
    place.approve(proposal, "ben", Some(Role::Approver)).unwrap();
    assert!(matches!(place.approve(proposal, "ben", None), Err(RolloutError::ApprovedBefore { .. })));
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Init));
    place.activate(proposal).unwrap();
    assert_eq!(place.active(), ("2.0.0".into(), Cause::Proposal));
    assert!(matches!(place.activate(proposal), Err(RolloutError::Spent { .. })));
    assert!(matches!(place.approve(proposal, "cleo", None), Err(RolloutError::Spent { .. })));
    let again = set(&mut place.ledger, "2.0.0");
    let refused = place.record(|history, _| history.propose(&again, act("ana")));
    assert!(matches!(refused, Err(RolloutError::Active { .. })));
}

#[test]
fn what_was_approved_is_what_changes() {
    let mut place = Place::begun();
    let (first, second) = (place.propose("2.0.0", "ana"), place.propose("3.0.0", "ana"));
    assert!(matches!(place.approve(first, "ben", None), Err(RolloutError::Replaced { .. })));
    place.approve(second, "ben", None).unwrap();
    // Meanwhile another set comes into force.
    let other = Lock { name: "t".into(), version: "1.0.0".into(), modules: Vec::new() };
    place.ledger.put_object(crate::ledger::ObjectKind::SetLock, other.canonical().unwrap().as_bytes()).unwrap();
    let other = PolicySet { set_ref: other.set_ref().unwrap(), lock: other, modules: Vec::new() };
    let third = place.record(|history, _| history.propose(&other, act("ana"))).unwrap();
    place.approve(third, "ben", None).unwrap();
    place
        .record(|history, catalogue| {
            let meant = history.proposal(&"t".parse().unwrap(), |_| Some(other.set_ref.digest))?;
            history.activate(meant, &other, &Approvals::default(), catalogue, act("op"))
        })
        .unwrap();
    let error = place.activate(second).unwrap_err();
    assert!(matches!(error, RolloutError::Outdated { .. }), "{error}");
    assert!(error.to_string().contains("s@1.0.0") && error.to_string().contains("t@1.0.0"), "{error}");
}

#[test]
fn a_name_means_what_stands_in_the_file_and_a_digest_one_set() {
    let mut place = Place::begun();
    let proposal = place.propose("2.0.0", "ana");
    let history = place.history();
    let digest = history.proposals[0].set.digest;
    let find = |meant: &str, locked: Option<Digest>| history.proposal(&meant.parse().unwrap(), |_| locked);
    assert_eq!(find("s", Some(digest)).unwrap().seq, proposal);
    assert_eq!(find("s", None).unwrap().seq, proposal);
    assert!(matches!(find("s", Some(Digest::of(b"edited"))), Err(RolloutError::Changed { .. })));
    assert_eq!(find(&digest.to_string()[..20], None).unwrap().seq, proposal);
    for unknown in ["t", "99", "sha256:0000000000"] {
        assert!(matches!(find(unknown, None), Err(RolloutError::NoProposal(_))), "{unknown}");
    }
}

#[test]
fn a_rollback_goes_back_step_by_step_and_never_to_and_fro() {
    let mut place = Place::begun();
    assert!(matches!(place.roll_back(), Err(RolloutError::NoEarlier(_))));
    place.bring("2.0.0");
    place.bring("3.0.0");
    place.roll_back().unwrap();
    assert_eq!(place.active(), ("2.0.0".into(), Cause::Rollback));
    place.roll_back().unwrap();
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Rollback));
    assert!(matches!(place.roll_back(), Err(RolloutError::NoEarlier(_))));
    place.bring("4.0.0");
    place.roll_back().unwrap();
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Rollback));
}

#[test]
fn a_freeze_ends_with_the_set_that_decided_before_it() {
    let mut place = Place::begun();
    assert!(matches!(place.thaw(), Err(RolloutError::NotFrozen)));
    place.bring("2.0.0");
    place.freeze().unwrap();
    assert!(place.history().is_frozen());
    assert!(matches!(place.freeze(), Err(RolloutError::Frozen)));
    let proposal = place.propose("3.0.0", "ana");
    place.approve(proposal, "ben", None).unwrap();
    assert!(matches!(place.activate(proposal), Err(RolloutError::Frozen)));
    place.thaw().unwrap();
    assert_eq!(place.active(), ("2.0.0".into(), Cause::Thaw));
    // What was approved before the thaw still replaces the same set.
    place.activate(proposal).unwrap();
    place.freeze().unwrap();
    place.roll_back().unwrap();
    assert_eq!(place.active(), ("2.0.0".into(), Cause::Rollback), "a rollback ends a freeze");
    place.freeze().unwrap();
    place.thaw().unwrap();
    assert_eq!(place.active(), ("2.0.0".into(), Cause::Thaw));
    place.roll_back().unwrap();
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Rollback));
}

#[test]
fn of_two_at_once_one_is_told() {
    let mut place = Place::begun();
    let proposal = place.propose("2.0.0", "ana");
    let history = place.history();
    let meant = history.proposal(&Reference::Number(proposal), |_| None).unwrap();
    let by = |who| history.approve(meant, None, &Approvals::default(), act(who)).unwrap();
    record(&mut place.ledger, &history, &[by("ben")]).unwrap();
    assert!(matches!(record(&mut place.ledger, &history, &[by("cleo")]), Err(RolloutError::Raced)));
    assert_eq!(place.history().proposals[0].approvals.len(), 1);
}

/// Puts a version into the shadow.
fn shadowed(place: &mut Place, version: &str) -> Result<u64, RolloutError> {
    let set = set(&mut place.ledger, version);
    place.record(|history, _| history.begin_shadow(&set, act("ana")))
}

#[test]
fn one_set_is_in_the_shadow_until_somebody_ends_it_or_it_decides_itself() {
    let mut place = Place::begun();
    let end = |place: &mut Place| place.record(|history, _| history.end_shadow(act("ana")));
    assert!(matches!(end(&mut place), Err(RolloutError::NoShadow)));
    assert!(matches!(shadowed(&mut place, "1.0.0"), Err(RolloutError::Active { .. })));
    let begun = shadowed(&mut place, "2.0.0").unwrap();
    let shadow = place.history().shadow.unwrap();
    assert_eq!((shadow.seq, shadow.by.as_str(), shadow.set.version.as_str()), (begun, "ana", "2.0.0"));
    assert_eq!((shadow.since.as_str(), shadow.reason.as_str()), (AT, "because"));
    for version in ["2.0.0", "3.0.0"] {
        assert!(matches!(shadowed(&mut place, version), Err(RolloutError::Shadowed { seq, .. }) if seq == begun));
    }
    // What decides is another matter, and so is what comes into force meanwhile.
    assert_eq!(place.active(), ("1.0.0".into(), Cause::Init));
    place.bring("3.0.0");
    place.freeze().unwrap();
    assert_eq!(place.history().shadow.unwrap().seq, begun);
    place.thaw().unwrap();
    end(&mut place).unwrap();
    assert_eq!(place.history().shadow, None);
    shadowed(&mut place, "2.0.0").unwrap();
    place.bring("2.0.0");
    assert_eq!(place.history().shadow, None, "it decides itself");
}

#[test]
fn a_step_that_is_not_known_is_not_passed_over() {
    let mut place = Place::begun();
    let body = serde_json::json!({ "step": "all-begun" });
    let unknown = crate::rollout::event::write(EventKind::RolloutStep, body, Vec::new(), act("ana")).unwrap();
    place.ledger.append(&[unknown]).unwrap();
    let error = History::read(&place.ledger).unwrap_err();
    assert!(error.to_string().contains("all-begun"), "{error}");
}
