//! What follows from findings.

use countersign_guest::testing::Case;

use super::*;

const ALL: [Severity; 5] = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

fn finding(code: &str, severity: Severity) -> Finding {
    Finding::new(code, severity, "Something is odd.").on("email")
}

fn decide(settings: &str, findings: &[Finding]) -> Verdict {
    testing::decide_with::<Findings>(settings, &Case::enrich("email", "ana@example.com"), findings).unwrap()
}

fn codes(verdict: &Verdict) -> Vec<&str> {
    verdict.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

#[test]
fn nothing_found_nothing_said() {
    assert_eq!(decide("{}", &[]), Verdict::apply());
}

#[test]
fn the_severity_gives_the_outcome() {
    use Outcome::{Apply, HumanOnly, Reject, Review};
    for (severity, outcome) in ALL.into_iter().zip([Apply, Apply, Review, HumanOnly, Reject]) {
        assert_eq!(decide("{}", &[finding("format.invalid", severity)]).outcome, outcome, "{severity:?}");
    }
}

#[test]
fn a_reason_repeats_the_finding() {
    let verdict = decide("{}", &[finding("format.invalid", Severity::Medium)]);
    let expected = Reason::new("findings.medium", "format.invalid: Something is odd.").on("email");
    assert_eq!(verdict.reasons, [expected]);
}

#[test]
fn every_severity_has_its_code_and_the_strictest_comes_first() {
    let settings = r#"{"severities": {"info": "review", "low": "review"}}"#;
    let verdict = decide(settings, &ALL.map(|severity| finding("format.invalid", severity)));
    let expected = ["findings.critical", "findings.high", "findings.medium", "findings.low", "findings.info"];
    assert_eq!(codes(&verdict), expected);
}

#[test]
fn a_code_goes_before_its_module_and_both_before_the_severity() {
    let settings = r#"{"codes": {"format.*": "human-only", "format.blank": "apply", "format.invalid": "review"}}"#;
    let outcome = |code| decide(settings, &[finding(code, Severity::Critical)]).outcome;
    assert_eq!(outcome("format.blank"), Outcome::Apply);
    assert_eq!(outcome("format.invalid"), Outcome::Review);
    assert_eq!(outcome("format.not-normal"), Outcome::HumanOnly);
    assert_eq!(outcome("formatting.blank"), Outcome::Reject);
    assert_eq!(outcome("no code at all"), Outcome::Reject);
}

#[test]
fn many_small_things_are_reviewed() {
    let low = vec![finding("format.blank", Severity::Low); 5];
    let verdict = decide("{}", &low);
    assert_eq!((verdict.outcome, codes(&verdict)), (Outcome::Review, vec!["findings.many"]));
    assert_eq!(decide("{}", &low[1..]), Verdict::apply());
    assert_eq!(decide("{}", &vec![finding("format.blank", Severity::Info); 9]), Verdict::apply());
    assert_eq!(decide(r#"{"too-many": 0}"#, &low), Verdict::apply());
    assert_eq!(decide(r#"{"codes": {"format.*": "apply"}}"#, &low), Verdict::apply());
}

#[test]
fn the_answer_fits_what_the_host_takes_back() {
    let mut findings = vec![finding("format.invalid", Severity::Medium); 60];
    findings.push(finding("personal-data.secret", Severity::Critical));
    let verdict = decide("{}", &findings);
    assert_eq!(verdict.outcome, Outcome::Reject);
    assert_eq!(verdict.reasons[0].code, "findings.critical");
    assert_eq!(verdict.reasons.len(), 32);
}

#[test]
fn codes_that_can_match_nothing_are_refused() {
    let case = Case::enrich("email", "ana@example.com");
    for code in ["format", "*", ".*", "format.", "Format.blank", "format.*.x", "format.b*"] {
        let settings = format!(r#"{{"codes": {{"{code}": "review"}}}}"#);
        let refused = testing::decide_with::<Findings>(&settings, &case, &[]).unwrap_err();
        assert!(refused.to_string().contains(&format!("codes: `{code}`")), "{refused}");
    }
    assert!(testing::decide_with::<Findings>(r#"{"severities": {"fatal": "reject"}}"#, &case, &[]).is_err());
}
