use countersign_guest::testing::Case;

use super::*;

fn decide(settings: &str, case: &Case) -> Verdict {
    testing::decide::<Provenance>(settings, case).unwrap()
}

fn codes(settings: &str, case: &Case) -> Vec<String> {
    decide(settings, case).reasons.into_iter().map(|reason| reason.code).collect()
}

/// A case with one good source, changed.
fn source(change: impl FnOnce(&mut Evidence)) -> Case {
    Case::overwrite("industry", "Retail", "Software").with(|suggestion| change(&mut suggestion.evidence[0]))
}

fn two(change: impl FnOnce(&mut Evidence)) -> Case {
    source(|_| {}).with(|suggestion| {
        let mut second = suggestion.evidence[0].clone();
        change(&mut second);
        suggestion.evidence.push(second);
    })
}

/// The code of the only source's failure.
fn failure(settings: &str, case: &Case) -> String {
    let codes = codes(settings, case);
    assert_eq!((codes.len(), codes[0].as_str()), (2, "provenance.not-verifiable"), "{codes:?}");
    codes[1].clone()
}

#[test]
fn one_good_source_suffices() {
    assert_eq!(decide("{}", &source(|_| {})), Verdict::apply());
    assert_eq!(decide("{}", &source(|e| e.uri = "crm-note:4711".into())), Verdict::apply());
    // The good one need not be the first.
    let case = source(|e| e.sha256 = None).with(|s| {
        let mut good = s.evidence[0].clone();
        good.sha256 = Some("0".repeat(64));
        s.evidence.push(good);
    });
    assert_eq!(decide("{}", &case), Verdict::apply());
}

#[test]
fn no_source_is_missing() {
    let case = source(|_| {}).evidence(Vec::new());
    assert_eq!(codes("{}", &case), ["provenance.missing"]);
    assert_eq!(decide("{}", &case).outcome, Outcome::Review);
    assert_eq!(decide(r#"{"on-missing": "reject"}"#, &case).outcome, Outcome::Reject);
}

#[test]
fn kinds_and_hosts() {
    let case = source(|_| {});
    assert_eq!(failure(r#"{"kinds": ["email"]}"#, &case), "provenance.kind");
    assert_eq!(failure(r#"{"hosts": ["example.org"]}"#, &case), "provenance.host");
    assert_eq!(failure(r#"{"denied-hosts": ["EXAMPLE.com."]}"#, &case), "provenance.host");
    assert_eq!(decide(r#"{"hosts": ["com"], "kinds": ["Web-Page"]}"#, &case), Verdict::apply());
    let name = source(|e| e.uri = "crm-note:4711".into());
    assert_eq!(failure(r#"{"hosts": ["example.com"]}"#, &name), "provenance.host");
    assert_eq!(decide(r#"{"denied-hosts": ["example.com"]}"#, &name), Verdict::apply());
}

#[test]
fn freshness() {
    let read = |at: &str| source(|e| e.retrieved_at = Some(at.into()));
    assert_eq!(decide("{}", &read("2025-11-20T09:00:00Z")), Verdict::apply());
    assert_eq!(failure("{}", &read("2025-11-20T08:59:59Z")), "provenance.stale");
    assert_eq!(decide(r#"{"max-age-days": 0}"#, &read("1999-01-01T00:00:00Z")), Verdict::apply());
    assert_eq!(decide("{}", &read("2026-11-20T09:05:00Z")), Verdict::apply());
    assert_eq!(failure("{}", &read("2026-11-20T09:05:01Z")), "provenance.future");
    assert_eq!(failure("{}", &read("yesterday")), "provenance.unreadable");
    assert_eq!(failure("{}", &source(|e| e.retrieved_at = None)), "provenance.stale");
}

#[test]
fn a_digest_is_64_hexadecimal_digits() {
    for digest in [None, Some(String::new()), Some("0".repeat(63)), Some("g".repeat(64))] {
        let case = source(|e| e.sha256.clone_from(&digest));
        assert_eq!(failure("{}", &case), "provenance.no-digest");
        assert_eq!(decide(r#"{"require-digest": false}"#, &case), Verdict::apply());
    }
}

#[test]
fn the_record_is_no_source_for_itself() {
    for uri in [
        "crm:anything",
        "record:55",
        "hubspot:101",
        "hubspot://contact/101",
        "https://app.hubspot.com/contacts/7/record/0-1/101",
    ] {
        let case = source(|e| e.uri = uri.into());
        assert_eq!(failure("{}", &case), "provenance.not-independent", "{uri}");
        assert_eq!(decide(r#"{"independent": false}"#, &case), Verdict::apply());
    }
    let other_system = source(|e| e.uri = "febrl:101".into());
    assert_eq!(decide("{}", &other_system), Verdict::apply());
}

#[test]
fn a_source_cited_twice_counts_once() {
    let settings = r#"{"minimum": 2}"#;
    let same_bytes = two(|e| e.uri = "https://mirror.example/about".into());
    assert_eq!(failure(settings, &same_bytes), "provenance.not-independent");
    assert_eq!(failure(settings, &two(|e| e.sha256 = Some("0".repeat(64)))), "provenance.not-independent");
    let other = two(|e| {
        e.uri = "https://other.example/".into();
        e.sha256 = Some("0".repeat(64));
    });
    assert_eq!(decide(settings, &other), Verdict::apply());
}

#[test]
fn the_summary_says_why_the_best_source_failed() {
    let case = two(|e| e.uri = "nonsense".into()).with(|s| s.evidence[0].sha256 = None);
    let verdict = decide("{}", &case);
    assert_eq!(codes("{}", &case), ["provenance.not-verifiable", "provenance.no-digest", "provenance.unreadable"]);
    assert!(verdict.reasons[0].message.contains("source 1, has no SHA-256"), "{}", verdict.reasons[0].message);
}

#[test]
fn too_few_sources_without_a_failing_one() {
    assert_eq!(codes(r#"{"minimum": 2}"#, &source(|_| {})), ["provenance.not-verifiable"]);
}

#[test]
fn very_many_sources_get_few_reasons() {
    let case = source(|e| e.uri = "nonsense".into());
    let many = vec![case.suggestion.evidence[0].clone(); 1000];
    assert_eq!(decide("{}", &case.evidence(many)).reasons.len(), 1 + MOST_REASONS);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for (settings, key) in [
        (r#"{"minimum": 0}"#, "minimum: 0"),
        (r#"{"minimum": 17}"#, "minimum: 17"),
        (r#"{"kinds": [" "]}"#, "kinds: "),
        (r#"{"hosts": ["*.example.com"]}"#, "hosts: `*.example.com`"),
        (r#"{"denied-hosts": ["https://example.com/"]}"#, "denied-hosts: `https"),
        (r#"{"on-missing": "apply"}"#, "on-missing: "),
    ] {
        let refused = testing::decide::<Provenance>(settings, &source(|_| {})).unwrap_err().to_string();
        assert!(refused.contains(key), "{settings}: {refused}");
    }
}

#[test]
fn without_the_time_nothing_is_judged() {
    let case = source(|_| {}).with_facts(|facts| facts.now = "soon".into());
    assert!(testing::decide::<Provenance>("{}", &case).is_err());
}
