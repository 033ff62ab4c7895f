use countersign_guest::testing::{Case, codes};

use super::*;

const DEFAULT: &str = "{}";

fn findings(settings: &str, case: &Case) -> Vec<Finding> {
    testing::validate::<EmailDomain>(settings, case).unwrap()
}

/// The short codes with their severities, for `email` changed from `prior` to `proposed` in a record with this website.
fn judged(settings: &str, prior: Option<&str>, proposed: &str, site: Option<&str>) -> Vec<(String, Severity)> {
    let case = Case::overwrite("email", prior, proposed).tags(&["email"]).field("site", site).tags(&["website"]);
    let findings = findings(settings, &case).into_iter();
    findings.map(|f| (f.code.strip_prefix("email-domain.").unwrap().to_owned(), f.severity)).collect()
}

macro_rules! assert_judged {
    ($settings:expr, $prior:expr, $proposed:expr, $site:expr, [$($code:literal $severity:ident),*]) => {
        assert_eq!(
            judged($settings, $prior, $proposed, $site),
            [$(($code.to_owned(), Severity::$severity)),*] as [(String, Severity); _],
            "{}", $proposed
        );
    };
}

#[test]
fn the_same_registered_domain_is_no_change() {
    assert_judged!(DEFAULT, Some("ann@acme.com"), "lee@mail.ACME.com", Some("https://www.acme.com/"), []);
    assert_judged!(DEFAULT, Some("ann@acme.co.uk"), "ann@other-name.co.uk", None, ["changed" Medium]);
    assert_judged!(DEFAULT, None, "ann@acme.com", None, []);
}

#[test]
fn free_providers_count_by_what_was_before() {
    assert_judged!(DEFAULT, Some("ann@acme.com"), "ann@gmail.com", Some("acme.com"), ["changed" Medium, "free" Medium]);
    assert_judged!(DEFAULT, None, "ann@gmail.com", Some("acme.com"), ["free" Low]);
    assert_judged!(DEFAULT, Some("ann@gmx.de"), "ann@gmail.com", None, ["changed" Medium]);
    assert_judged!(r#"{"free-domains": ["acme.com"]}"#, None, "ann@x.acme.com", None, ["free" Low]);
    assert_judged!(r#"{"free-domains": ["x.acme.com"]}"#, None, "ann@acme.com", None, []);
}

#[test]
fn disposable_providers_with_all_below_them() {
    assert_judged!(DEFAULT, None, "ann@box.mailinator.com", None, ["disposable" High]);
    assert_judged!(r#"{"disposable-domains": []}"#, None, "ann@mailinator.com", None, []);
}

#[test]
fn look_alikes_of_the_prior_the_site_and_the_trusted() {
    assert_judged!(DEFAULT, Some("a@acme-corp.com"), "a@acrne-corp.com", None, ["changed" Medium, "look-alike" High]);
    assert_judged!(DEFAULT, None, "a@acme-c0rp.com", Some("acme-corp.com"), ["look-alike" High, "site-mismatch" Low]);
    let trusted = r#"{"trusted-domains": ["mail.paypal.com"]}"#;
    assert_judged!(trusted, None, "a@paypa1.com", None, ["look-alike" High]);
    assert_judged!(trusted, None, "a@xn--80ak6aa92e.com", None, []);
    assert_judged!(r#"{"trusted-domains": ["apple.com"]}"#, None, "a@xn--80ak6aa92e.com", None, ["look-alike" High]);
    assert_judged!(trusted, Some("a@paypaI.com"), "a@paypal.com", None, ["changed" Medium]);
    assert_judged!(DEFAULT, Some("a@mail.com"), "a@gmail.com", None, ["changed" Medium]);
}

#[test]
fn what_is_there_already_is_not_judged_a_forgery() {
    let case = Case::new(Operation::Append)
        .change("email", Value::Choices(vec!["a@acme.com".into(), "a@acmee.com".into()]), "b@acmee.com")
        .tags(&["email"]);
    assert!(findings(DEFAULT, &case).is_empty());
}

#[test]
fn an_address_added_is_compared_with_what_the_record_has() {
    let case = Case::append("email", "ann@gmail.com").field("email", "ann@acme.com").tags(&["email"]);
    assert_eq!(codes(&findings(DEFAULT, &case)), ["email-domain.changed", "email-domain.free"]);
    let untold = case.fact(|fact| fact.value = Value::Withheld);
    assert_eq!(codes(&findings(DEFAULT, &untold)), ["email-domain.free"]);
}

#[test]
fn mixed_scripts() {
    assert_judged!(DEFAULT, None, "a@раypal.com", None, ["mixed-script" High]);
    let case = Case::enrich("email", "a@раypal.com").tags(&["email"]);
    assert_eq!(
        findings(DEFAULT, &case)[0].message,
        "The domain <U+0440><U+0430>ypal.com mixes scripts within one label."
    );
}

#[test]
fn the_company_s_website() {
    assert_judged!(DEFAULT, None, "a@globex.com", Some("https://acme.com"), ["site-mismatch" Low]);
    assert_judged!(DEFAULT, None, "a@globex.com", Some("unknown"), []);
    assert_judged!(r#"{"website-fields": []}"#, None, "a@globex.com", Some("acme.com"), []);
}

#[test]
fn what_cannot_be_read_is_said() {
    for bad in ["ann", "ann@acme", "a@acme.com@evil.com", "a@[10.0.0.1]", "a@acme.com; x"] {
        assert_judged!(DEFAULT, None, bad, None, ["unreadable" Medium]);
    }
    assert_judged!(DEFAULT, None, &"a@b.com,".repeat(21), None, ["unreadable" Medium]);
    assert_judged!(DEFAULT, None, &"@".repeat(1 << 20), None, ["unreadable" Medium]);
    let case = Case::overwrite("email", "ann@acme.com", true).tags(&["email"]);
    assert_eq!(codes(&findings(DEFAULT, &case)), ["email-domain.unreadable"]);
}

#[test]
fn several_addresses_give_each_code_once() {
    assert_judged!(DEFAULT, None, "a@gmail.com; b@gmx.de, c@mailinator.com", None, ["free" Low, "disposable" High]);
}

#[test]
fn severities_may_be_set() {
    let settings = r#"{"severities": {"email-domain.free": "critical", "email-domain.changed": "info"}}"#;
    assert_judged!(settings, Some("a@acme.com"), "a@gmail.com", None, ["changed" Info, "free" Critical]);
}

#[test]
fn it_is_called_only_for_addresses_that_are_proposed() {
    let other = Case::overwrite("city", "Bern", "Basel");
    let cleared = Case::clear("email", "ann@acme.com").tags(&["email"]);
    for case in [other, cleared] {
        assert_eq!(testing::validate::<EmailDomain>(DEFAULT, &case), Err(testing::NotCalled::OutOfScope));
    }
    let named = Case::overwrite("mail2", "ann@acme.com", "ann@globex.com");
    assert_eq!(codes(&findings(r#"{"fields": ["mail2"]}"#, &named)), ["email-domain.changed"]);
    let emptied = Case::overwrite("email", "ann@acme.com", Value::Null).tags(&["email"]);
    assert!(findings(DEFAULT, &emptied).is_empty());
}

#[test]
fn lists_of_ten_thousand() {
    let list = (0..10_000).map(|i| format!("\"d{i}.example.com\"")).collect::<Vec<_>>().join(",");
    let settings = format!(r#"{{"free-domains": [{list}], "trusted-domains": [{list}], "public-suffixes": [{list}]}}"#);
    assert_judged!(&settings, None, "a@x.d9999.example.com", None, []);
    assert_judged!(&settings, None, "a@d9999.example.com", None, ["free" Low]);
}

#[test]
fn settings_that_are_wrong_are_refused() {
    for (settings, why) in [
        (r#"{"fields": []}"#, "fields: names no field"),
        (r##"{"website-fields": ["#"]}"##, "website-fields: an entry is blank"),
        (r#"{"free-domains": ["gmail"]}"#, "free-domains: `gmail` is no domain"),
        (r#"{"trusted-domains": ["a b.com"]}"#, "trusted-domains: `a b.com` is no domain"),
        (r#"{"public-suffixes": ["*"]}"#, "public-suffixes: `*` is no rule"),
        (r#"{"severities": {"free": "low"}}"#, "severities: `free` is no code"),
        (r#"{"domains": []}"#, "unknown field `domains`"),
    ] {
        let refused = testing::validate::<EmailDomain>(settings, &Case::enrich("email", "x")).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}
