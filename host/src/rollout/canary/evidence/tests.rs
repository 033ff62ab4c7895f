use super::*;

fn record(id: u32) -> RecordRef {
    RecordRef { system: "hubspot".into(), object: "contact".into(), id: id.to_string() }
}

fn assignment(bucket: u16, share: u16) -> Assignment {
    let arm = if bucket < share { Arm::Canary } else { Arm::Active };
    Assignment { canary: 7, salt: "00".into(), bucket, share, arm }
}

/// What becomes of a suggestion, if it is not said otherwise.
fn seen<'a>(record: &'a RecordRef, assignment: &'a Assignment) -> Observed<'a> {
    Observed { record, assignment, outcome: Outcome::Apply, faulted: false, beside: None }
}

#[test]
fn many_decisions_about_one_record_count_once() {
    let mut evidence = Evidence::default();
    let (record, assignment) = (record(1), assignment(3, 500));
    let first = Observed {
        outcome: Outcome::Review,
        faulted: true,
        beside: Some(Beside { differs: true, costs_more: false }),
        ..seen(&record, &assignment)
    };
    for _ in 0..1_000 {
        evidence.decision(&first);
        evidence.overridden(&record, Arm::Canary);
        evidence.corrected(&record, Arm::Canary);
    }
    // Neither does what is other than at first.
    evidence.decision(&seen(&record, &assignment));
    let one = ArmCounts { records: 1, faults: 1, reviews: 1, overrides: 1, corrections: 1 };
    let step = StepCounts { share: Share(500), records: 1, active_buckets: 0, canary_buckets: 1 };
    let expected = Counts { canary: one, judged: 1, differing: 1, steps: vec![step], ..Counts::default() };
    assert_eq!(evidence.counts(), expected);
}

#[test]
fn each_arm_counts_what_its_own_set_decided() {
    let mut evidence = Evidence::default();
    let beside = Some(Beside { differs: false, costs_more: true });
    let outcomes =
        [(0_u16, Outcome::Apply), (600, Outcome::Review), (700, Outcome::HumanOnly), (9_999, Outcome::Reject)];
    for (bucket, outcome) in outcomes {
        let (record, assignment) = (record(bucket.into()), assignment(bucket, 500));
        evidence.decision(&Observed { outcome, beside, ..seen(&record, &assignment) });
    }
    let counts = evidence.counts();
    assert_eq!((counts.canary.records, counts.canary.reviews), (1, 0));
    assert_eq!((counts.active.records, counts.active.reviews), (3, 2));
    assert_eq!((counts.judged, counts.differing, counts.costlier), (1, 0, 1), "only the canary's are judged twice");
    evidence.passed_over();
    assert_eq!(evidence.counts(), Counts { passed_over: 1, ..counts });
}

#[test]
fn a_record_that_comes_over_to_the_canary_counts_in_both_arms() {
    let mut evidence = Evidence::default();
    let (moved, stayed) = (record(1), record(2));
    for share in [500, 1_000, 1_000] {
        evidence.decision(&seen(&moved, &assignment(700, share)));
        evidence.decision(&seen(&stayed, &assignment(20, share)));
    }
    let counts = evidence.counts();
    assert_eq!((counts.active.records, counts.canary.records), (1, 2));
    let steps = [
        StepCounts { share: Share(500), records: 1, active_buckets: 1, canary_buckets: 1 },
        StepCounts { share: Share(1_000), records: 2, active_buckets: 0, canary_buckets: 2 },
    ];
    assert_eq!(counts.steps, steps);
}

#[test]
fn people_are_heard_about_what_was_counted_in_that_arm() {
    let mut evidence = Evidence::default();
    let (counted, unknown) = (record(1), record(2));
    evidence.decision(&seen(&counted, &assignment(700, 500)));
    for (record, arm) in [(&counted, Arm::Canary), (&unknown, Arm::Canary), (&unknown, Arm::Active)] {
        evidence.overridden(record, arm);
        evidence.corrected(record, arm);
    }
    let before = ArmCounts { records: 1, ..ArmCounts::default() };
    assert_eq!((evidence.counts().active, evidence.counts().canary), (before, ArmCounts::default()));
    evidence.overridden(&counted, Arm::Active);
    evidence.corrected(&counted, Arm::Active);
    assert_eq!(evidence.counts().active, ArmCounts { overrides: 1, corrections: 1, ..before });
}

#[test]
fn buckets_are_seen_once_and_in_bounds() {
    let mut buckets = Buckets::default();
    for bucket in [0, 63, 64, 9_999, 0, 9_999, u16::MAX] {
        buckets.add(bucket);
    }
    assert_eq!((buckets.number, buckets.words.len()), (5, 1_024));
}
