//! What is found, what is not, and where it may stand.

use countersign_guest::testing::{Case, codes};

use super::*;

const CARD: &str = "personal-data.payment-card";
const IBAN: &str = "personal-data.iban";
const ID: &str = "personal-data.government-id";
const SECRET: &str = "personal-data.secret";
const UNSCANNED: &str = "personal-data.unscanned";

fn findings(settings: &str, case: &Case) -> Vec<Finding> {
    testing::validate::<PersonalData>(settings, case).unwrap()
}

/// The codes for a text in the rationale; no finding repeats what it is about.
fn found(text: &str) -> Vec<String> {
    let findings = findings("{}", &Case::overwrite("city", "Bern", "Basel").rationale(text));
    for finding in &findings {
        assert!(finding.message.ends_with("stands in the rationale."), "{}", finding.message);
        assert_eq!(finding.field, None);
        assert!(!finding.message.bytes().any(|byte| byte.is_ascii_digit()), "{}", finding.message);
    }
    codes(&findings).into_iter().map(String::from).collect()
}

#[track_caller]
fn all_are(code: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(found(text), [code], "{text}");
    }
}

#[track_caller]
fn none(texts: &[&str]) {
    for text in texts {
        assert!(found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn person_records_of_the_corpus_hold_nothing() {
    // Years, postcodes and an `ssn` of seven digits, which is no social security number.
    none(&[
        r#"{"address_line_2": "lakewood estate", "city": "byford", "date_of_birth": "19280722", "first_name": "rachael", "last_name": "dent", "postal_code": "4129", "ssn": "1683994", "state": "vic", "street": "knox street", "street_number": "4"}"#,
        r#"{"address_line_2": "rowethorpe", "city": "marsden", "date_of_birth": "19110816", "first_name": "isabella", "last_name": "everett", "postal_code": "2152", "ssn": "6653129", "state": "nsw", "street": "pike place", "street_number": "25"}"#,
        r#"{"address_line_2": "wilpena", "city": "newlambto nheights", "date_of_birth": "19571126", "first_name": "olivia", "last_name": "trigwell", "postal_code": "3194", "ssn": "9991752", "state": "vic", "street": "waldock street", "street_number": "13"}"#,
    ]);
    assert_eq!(found(r#"{"postal_code": "4129", "ssn": "536904399", "state": "vic"}"#), [ID]);
}

#[test]
fn payment_cards() {
    all_are(
        CARD,
        &[
            "4111111111111111",
            "paid with 4111 1111 1111 1111, thanks",
            "4111-1111-1111-1111",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "card 2 4111 1111 1111 1111 123",
            "3782 822463 10005",
            "5555555555554444.",
            "2223003122003222",
            "6011111111111117",
            "3530111333300000",
            "30569309025904",
            "{\"card\":4111111111111111,\"x\":1}",
        ],
    );
    none(&[
        "4111111111111112",
        "1234567812345670",
        "0.4111111111111111",
        "4111111111111111.5",
        "x4111111111111111",
        "41111111111111111111111",
        // The barcode of a German product, and a time in milliseconds.
        "4006381333931",
        "1700000000003",
        "2019 2020 2021 2022 2023",
    ]);
}

#[test]
fn bank_account_numbers() {
    all_are(
        IBAN,
        &[
            "DE89370400440532013000",
            "IBAN: CH93 0076 2011 6238 5295 7 (UBS)",
            "gb29-nwbk-6016-1331-9268-19",
            "NO9386011117947",
            "FR14 2004 1010 0505 0001 3M02 606",
        ],
    );
    none(&["DE89370400440532013001", "DE8937040044053201300", "XX89370400440532013000", "DE89"]);
}

#[test]
fn government_ids() {
    all_are(
        ID,
        &[
            "536-90-4399",
            "her SSN is 536904399",
            "social security: 536 90 4399",
            "AB123456C",
            "NI number AB 12 34 56 C.",
            "86095742719",
            "Steuer-ID 86 095 742 719",
            "756.9217.0769.85",
            "7569217076985",
            "255081416802538",
            "2 55 08 14 168 025 38",
            "2550814168025 38",
            "1 84 07 2B 168 025 95",
            "TFN 123456782",
            "tax file number: 123 456 782",
            "12345678Z",
            "12345678-Z",
            "X1234567L",
            "X-1234567-L",
            "RSSMRA85T10A562S",
            "rssmra85t10a562s",
            "RSS MRA 85T10 A562S",
            "2341 2341 2346",
            "Aadhaar no. 234123412346",
            "130 692 544",
            "130-692-544",
            "SIN: 130692544",
        ],
    );
    none(&[
        // No area, group or serial number of this kind; other groups; no word that says what it is.
        "000-90-4399",
        "666-90-4399",
        "936-90-4399",
        "536-00-4399",
        "536-90-0000",
        "1-536-90-4399",
        "536904399",
        "536 90 4399",
        "business 123456782",
        "234123412346",
        "130692544",
        // A company's number, an amount, a phone number of ten digits.
        "SIREN 552 100 554",
        "EUR 125 000 000",
        "+1 415 555 2671",
        // Check digits and letters that are wrong.
        "86095742718",
        "756.9217.0769.84",
        "255081416802539",
        "12345678A",
        "X1234567A",
        "RSSMRA85T10A562T",
        "2341 2341 2347",
        "130 692 545",
        "GB123456A",
        "550e8400-e29b-41d4-a716-446655440000",
    ]);
}

#[test]
fn a_phone_number_is_no_id_because_of_its_groups() {
    let case = |field: &str, tag: &str| Case::enrich(field, "130 692 544").tags(&[tag]);
    assert_eq!(codes(&findings("{}", &case("note", "note"))), [ID]);
    assert!(findings("{}", &case("mobile", "phone")).is_empty());
}

#[test]
fn secrets() {
    // In two parts, so that no scanner of repositories takes them for real.
    for (prefix, rest) in [
        ("AKIA", "IOSFODNN7EXAMPLE"),
        ("ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"),
        ("xox", "b-123456789012-abcdef"),
        ("sk_", "live_abcdefghijklmnop1234"),
        ("-----BEGIN RSA ", "PRIVATE KEY-----\\nMIIE"),
        ("-----BEGIN ", "PRIVATE KEY-----"),
        ("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"),
        ("password", ": hunter2"),
        ("{\"password\"", ": \"hunter2\"}"),
        ("DB_PASSWORD", "=sunshine"),
        ("Passwort", " : geheim"),
        ("api_key", "=4f9a8b7c6d5e4f3a2b1c"),
        ("client_secret\"", ": \"4f9a8b7c6d5e4f3a2b1c\""),
    ] {
        all_are(SECRET, &[&format!("{prefix}{rest}"), &format!("see {prefix}{rest} there")]);
    }
    none(&[
        "-----BEGIN PUBLIC KEY-----",
        "AKIA",
        "AKIAIOSFODNN7EXAMPLEXX",
        "eyJhbGciOi",
        "password: ********",
        "Password: required",
        "password: <your password>",
        "password:",
        "He forgot his password, then called.",
        "token: yes",
        "key: 4f9a8b7c6d5e4f3a2b1c",
        "https://example.com/sk-learn-is-a-fine-library-for-statistics",
    ]);
}

#[test]
fn a_kind_is_named_once_for_each_place() {
    let text = "4111111111111111 and 5555555555554444, DE89370400440532013000";
    let case = Case::enrich("note", text).change("memo", Value::Null, text).rationale(text).with(|s| {
        s.evidence.push(s.evidence[0].clone());
        s.evidence[1].excerpt = Some(text.into());
    });
    let findings = findings("{}", &case);
    assert_eq!(codes(&findings), [CARD, IBAN, CARD, IBAN, CARD, IBAN, CARD, IBAN]);
    assert_eq!(findings[0].field.as_deref(), Some("note"));
    assert_eq!(findings[2].field.as_deref(), Some("memo"));
    assert!(findings[0].message.contains("proposed value of `note`"), "{}", findings[0].message);
    assert!(findings[4].message.contains("source 2"), "{}", findings[4].message);
    assert!(findings[6].message.contains("rationale"), "{}", findings[6].message);
}

#[test]
fn numbers_and_choices_are_scanned_and_old_values_are_not() {
    let number = Case::enrich("note", Value::Number("4111111111111111".into()));
    assert_eq!(codes(&findings("{}", &number)), [CARD]);
    let choices = Case::enrich("note", Value::Choices(vec!["a".into(), "4111111111111111".into()]));
    assert_eq!(codes(&findings("{}", &choices)), [CARD]);
    assert!(findings("{}", &Case::clear("note", "4111111111111111")).is_empty());
}

#[test]
fn a_field_may_hold_what_the_catalogue_says() {
    let case = |text: &str, tag: &str| Case::enrich("f", text).tags(&[tag]);
    for (text, tag, code) in [
        ("4111111111111111", "payment", CARD),
        ("DE89370400440532013000", "bank", IBAN),
        ("536-90-4399", "government-id", ID),
    ] {
        assert!(findings("{}", &case(text, tag)).is_empty(), "{tag}");
        assert_eq!(codes(&findings("{}", &case(text, "note"))), [code]);
        assert_eq!(codes(&findings("{}", &case("password: hunter2", tag))), [SECRET]);
        assert_eq!(codes(&findings("{}", &case("n", tag).rationale(text))), [code], "only the field may");
    }
    let by_name = r#"{"allowed": {"secret": ["f"]}}"#;
    assert!(findings(by_name, &case("password: hunter2", "note")).is_empty());
    assert!(findings(by_name, &case("4111111111111111", "payment")).is_empty(), "other defaults stay");
}

#[test]
fn kinds_and_severities_are_settings() {
    let case = Case::enrich("note", "4111111111111111 DE89370400440532013000 536-90-4399 password: hunter2");
    let all = findings("{}", &case);
    assert_eq!(codes(&all), [CARD, IBAN, ID, SECRET]);
    let severities: Vec<_> = all.iter().map(|finding| finding.severity).collect();
    assert_eq!(severities, [Severity::Critical, Severity::High, Severity::Critical, Severity::Critical]);
    assert_eq!(codes(&findings(r#"{"kinds": ["iban"]}"#, &case)), [IBAN]);
    assert_eq!(findings(r#"{"kinds": ["iban"], "severities": {"iban": "low"}}"#, &case)[0].severity, Severity::Low);
    // The digits of an IBAN are no card, even if IBANs are of no interest.
    let iban = Case::enrich("note", "DE89 3704 0044 0532 0130 00");
    assert!(findings(r#"{"kinds": ["payment-card"]}"#, &iban).is_empty());
}

#[test]
fn what_is_too_long_is_scanned_to_the_bound_and_said() {
    let at = |length: usize| Case::enrich("note", format!("{}4111111111111111", " ".repeat(length - 16)).as_str());
    assert_eq!(codes(&findings("{}", &at(MOST_OF_TEXT))), [CARD]);
    let long = findings("{}", &at(MOST_OF_TEXT + 16));
    assert_eq!(codes(&long), [UNSCANNED]);
    assert_eq!((long[0].severity, long[0].field.as_deref()), (Severity::Medium, Some("note")));
    // The bound falls inside a character.
    assert_eq!(codes(&findings("{}", &Case::enrich("note", "é".repeat(40_000).as_str()).rationale(""))), [UNSCANNED]);
    let mut many = Case::new(Operation::Enrich);
    for field in ["a", "b", "c", "d", "e"] {
        many = many.change(field, Value::Null, "x".repeat(MOST_OF_TEXT).as_str());
    }
    let findings = findings("{}", &many.rationale(""));
    assert!(findings.iter().all(|finding| finding.code == UNSCANNED));
    // The fifth field and the source have nothing left to spend.
    assert_eq!(findings.len(), 2);
}

#[test]
fn more_findings_than_the_host_takes_are_cut_from_the_mildest() {
    let mut case = Case::new(Operation::Enrich);
    for n in 0..70 {
        case = case.change(&format!("f{n}"), Value::Null, "DE89370400440532013000");
    }
    let findings = findings("{}", &case.rationale("4111111111111111"));
    assert_eq!(findings.len(), 64);
    assert_eq!(findings[0].code, CARD);
}

#[test]
fn hostile_texts_are_read_once() {
    // Each makes a careless scanner start over at every place.
    for part in
        ["eyJ-", "1 ", "4111 ", "123-", "password:", "DE89 ", "sk-", "AB ", "X-", "123456789 ", "-----BEGIN ", "é1"]
    {
        let case = Case::enrich("note", part.repeat(MOST_OF_TEXT / part.len()).as_str());
        let _ = findings("{}", &case);
    }
}

#[test]
fn deletions_are_none_of_its_business() {
    let refused = testing::validate::<PersonalData>("{}", &Case::new(Operation::Delete));
    assert_eq!(refused, Err(testing::NotCalled::OutOfScope));
}

#[test]
fn bad_settings_are_refused_with_the_key() {
    for (settings, key) in [
        (r#"{"kinds": []}"#, "kinds"),
        (r#"{"kinds": ["dna"]}"#, "dna"),
        (r##"{"allowed": {"iban": ["#"]}}"##, "allowed.iban"),
        (r#"{"allowed": {"ibans": []}}"#, "ibans"),
        (r#"{"severities": {"iban": "dire"}}"#, "dire"),
        (r#"{"kind": []}"#, "kind"),
    ] {
        let refused = testing::validate::<PersonalData>(settings, &Case::enrich("a", "b")).unwrap_err().to_string();
        assert!(refused.contains(key), "{settings}: {refused}");
    }
}
