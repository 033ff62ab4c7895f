use proptest::prelude::*;

use super::*;

const AT: &str = "2026-11-20T09:00:00Z";

fn suggestion(id: &str, segment: Option<&str>) -> Suggestion {
    let text = serde_json::json!({
        "id": "s-1", "received_at": AT, "target": {"system": "hubspot", "object": "contact", "id": id},
        "operation": "enrich", "assistant": {"vendor": "acme", "model": "enricher", "version": "1"},
        "context": {"segment": segment},
    });
    Suggestion::from_canonical(&text.to_string()).unwrap()
}

/// A canary at the first of some steps.
fn canary(salt: &str, steps: Vec<Share>, segment: Option<&str>) -> Canary {
    let set =
        |version: &str| SetRef { name: "s".into(), version: version.into(), digest: Digest::of(version.as_bytes()) };
    Canary {
        seq: 9,
        since: AT.into(),
        by: "op".into(),
        set: set("2.0.0"),
        against: set("1.0.0"),
        proposal: 7,
        salt: salt.into(),
        plan: Plan { steps, segment: segment.map(Into::into), auto: false, gates: Gates::default() },
        reason: String::new(),
        step: 0,
        step_seq: 9,
        step_since: AT.into(),
    }
}

fn record(system: &str, object: &str, id: &str) -> RecordRef {
    RecordRef { system: system.into(), object: object.into(), id: id.into() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_in_stays_in(
        salt in "[0-9a-f]{32}",
        ids in proptest::collection::vec("[a-z0-9]{1,12}", 1..40),
        mut shares in proptest::collection::btree_set(1_u16..BUCKETS, 1..6),
    ) {
        shares.insert(BUCKETS);
        let steps: Vec<_> = shares.into_iter().map(Share).collect();
        let mut canary = canary(&salt, steps.clone(), None);
        canary.plan.check().unwrap();
        // After a restart it is read from the ledger.
        let mut read: Canary = serde_json::from_value(serde_json::to_value(&canary).unwrap()).unwrap();
        for id in &ids {
            let suggestion = suggestion(id, Some("any"));
            let mut before: Option<Assignment> = None;
            for (step, share) in steps.iter().enumerate() {
                (canary.step, read.step) = (step, step);
                let now = canary.assign(&suggestion).unwrap();
                prop_assert_eq!(&now, &read.assign(&suggestion).unwrap());
                prop_assert_eq!((now.canary, now.share, &now.salt), (9, share.0, &salt));
                prop_assert_eq!(now.arm == Arm::Canary, now.bucket < share.0);
                prop_assert!(now.bucket < BUCKETS);
                if let Some(before) = before {
                    prop_assert_eq!(now.bucket, before.bucket);
                    prop_assert!(now.arm >= before.arm, "once in the canary, it stays there");
                }
                before = Some(now);
            }
            prop_assert!(before.is_some_and(|last| last.arm == Arm::Canary), "the last share is all");
        }
    }
}

#[test]
fn records_fall_into_all_buckets_alike() {
    const RECORDS: u32 = 50_000;
    let mut seen = [0_u32; 100];
    for id in 0..RECORDS {
        let bucket = bucket("00112233445566778899aabbccddeeff", &record("hubspot", "contact", &id.to_string()));
        seen[usize::from(bucket / 100)] += 1;
    }
    let expected = f64::from(RECORDS) / 100.0;
    let chi_squared: f64 = seen.iter().map(|many| (f64::from(*many) - expected).powi(2) / expected).sum();
    // With 99 degrees of freedom it lies between these but for once in 10,000.
    assert!((50.0..165.0).contains(&chi_squared), "{chi_squared}");
}

#[test]
fn another_salt_and_another_record_fall_elsewhere() {
    let buckets = |salt: &str, records: &[RecordRef]| records.iter().map(|one| bucket(salt, one)).collect::<Vec<_>>();
    let records: Vec<_> = (0..100).map(|id| record("hubspot", "contact", &id.to_string())).collect();
    let (one, other) = (buckets("00", &records), buckets("01", &records));
    assert_eq!(one, buckets("00", &records));
    let same = one.iter().zip(&other).filter(|(one, other)| one == other).count();
    assert!(same < 5, "{same} of 100 in the same bucket");
    // No part is taken for another.
    let parts = [record("ab", "c", "d"), record("a", "bc", "d"), record("a", "b", "cd"), record("abc", "", "d")];
    let mut fallen = buckets("00", &parts);
    fallen.sort_unstable();
    fallen.dedup();
    assert_eq!(fallen.len(), parts.len());
}

#[test]
fn a_canary_for_a_segment_is_for_no_others() {
    let steps = || vec![Share(5_000), Share::ALL];
    let of = |canary: &Canary, segment| canary.assign(&suggestion("1", segment)).is_some();
    let some = canary("00", steps(), Some("saas"));
    assert!(of(&some, Some("saas")) && !of(&some, Some("bank")) && !of(&some, None));
    let all = canary("00", steps(), None);
    assert!(of(&all, Some("saas")) && of(&all, None));
}

#[test]
fn the_share_is_that_of_the_step() {
    let mut canary = canary("00", vec![Share(500), Share(2_500), Share::ALL], None);
    assert_eq!((canary.share(), canary.next_share()), (Share(500), Some(Share(2_500))));
    canary.step = 2;
    assert_eq!((canary.share(), canary.next_share()), (Share::ALL, None));
    // A step that cannot be is of no share: the active set decides.
    canary.step = 3;
    assert_eq!(canary.share(), Share(0));
    assert_eq!(canary.assign(&suggestion("1", None)).map(|assignment| assignment.arm), Some(Arm::Active));
}
