use countersign_guest::testing::{Case, NotCalled, codes};

use super::*;

fn judged(settings: &str, case: &Case) -> Vec<String> {
    let findings = testing::validate::<Format>(settings, case).unwrap();
    codes(&findings).into_iter().map(str::to_owned).collect()
}

/// The codes for a field of this tag changed from one value to another.
fn changed(tag: &str, prior: impl Into<Value>, proposed: impl Into<Value>) -> Vec<String> {
    judged("{}", &Case::overwrite("field", prior, proposed).tags(&[tag]))
}

#[test]
fn each_tag_has_its_kind() {
    for (tag, normal, valid, bad) in [
        ("email", "ann@acme.com", "ann@ACME.com", "ann"),
        ("phone", "+41441234567", "044 123 45 67", "unknown"),
        ("postcode", "8001", " 8001", "none"),
        ("date", "1928-07-22", "19280722", "19281322"),
        ("url", "https://acme.com/", "acme.com", "acme"),
        ("website", "https://acme.com/", "acme.com", "acme"),
        ("country", "CH", "Switzerland", "Atlantis"),
    ] {
        assert!(changed(tag, Value::Null, normal).is_empty(), "{tag}");
        assert_eq!(changed(tag, Value::Null, valid).last().unwrap(), "format.not-normal", "{tag}");
        assert_eq!(changed(tag, valid, valid).last().unwrap(), "format.not-normal", "{tag}");
        assert_eq!(changed(tag, normal, valid).last().unwrap(), "format.loses-normal-form", "{tag}");
        assert_eq!(changed(tag, normal, bad), ["format.invalid"], "{tag}");
    }
    assert!(matches!(
        testing::validate::<Format>("{}", &Case::overwrite("city", "Bern", " ")),
        Err(NotCalled::OutOfScope)
    ));
}

#[test]
fn severities_and_messages() {
    let case = Case::overwrite("born", "1928-07-22", "1928-02-30").tags(&["date"]);
    let findings = testing::validate::<Format>("{}", &case).unwrap();
    assert_eq!(findings[0].message, "The value is no valid date: the calendar has no such date.");
    assert_eq!((findings[0].severity, findings[0].field.as_deref()), (Severity::Medium, Some("born")));
}

#[test]
fn types() {
    let number = |text: &str| Value::Number(text.to_owned());
    let any = |prior: Value, proposed: Value| {
        judged(r#"{"kinds": {"field": "any"}}"#, &Case::overwrite("field", prior, proposed))
    };
    assert_eq!(any(number("12"), "12".into()), ["format.type-changed"]);
    assert_eq!(any(true.into(), "yes".into()), ["format.type-changed"]);
    assert_eq!(any(false.into(), number("0")), ["format.type-changed"]);
    assert!(any(number("12"), number("13")).is_empty());
    assert!(any(number("12"), Value::Null).is_empty());
    assert!(any("12".into(), number("12")).is_empty());
    assert!(any(Value::Null, "x".into()).is_empty());
    assert_eq!(changed("email", "ann@acme.com", true), ["format.invalid"]);
    assert!(changed("postcode", Value::Null, number("8001")).is_empty());
}

#[test]
fn blanks() {
    assert_eq!(changed("email", Value::Null, " ann@acme.com"), ["format.blank", "format.not-normal"]);
    assert_eq!(changed("phone", Value::Null, "   "), ["format.blank"]);
    let notes = r#"{"kinds": {"notes": "any"}}"#;
    assert_eq!(judged(notes, &Case::append("notes", "two  blanks")), ["format.blank"]);
    assert!(judged(notes, &Case::append("notes", "x".repeat(1 << 20).as_str())).is_empty());
}

#[test]
fn postcodes_are_those_of_the_record_s_country() {
    let swiss = |country: &str, proposed: &str| {
        Case::overwrite("zip", "8001", proposed).tags(&["postcode"]).field("land", country).tags(&["country"])
    };
    assert!(judged("{}", &swiss("Switzerland", "3011")).is_empty());
    assert_eq!(judged("{}", &swiss("CH", "94105")), ["format.invalid"]);
    assert!(judged("{}", &swiss("Atlantis", "94105")).is_empty());
    let default = r#"{"default-country": "US"}"#;
    assert_eq!(judged(default, &swiss("", "3011")), ["format.invalid"]);
    assert!(judged(default, &swiss("CH", "3011")).is_empty());
    let moved =
        Case::overwrite("zip", "8001", "94105").tags(&["postcode"]).change("land", "CH", "US").tags(&["country"]);
    assert!(judged("{}", &moved).is_empty());
}

#[test]
fn a_name_counts_before_a_tag() {
    let case = Case::enrich("ref", "044 123 45 67").tags(&["phone"]);
    assert_eq!(judged("{}", &case), ["format.not-normal"]);
    assert!(judged(r##"{"kinds": {"#phone": "phone", "ref": "any"}}"##, &case).is_empty());
}

#[test]
fn the_normal_date_may_be_another() {
    let case = Case::overwrite("born", "19280722", "19280723").tags(&["date"]);
    assert_eq!(judged("{}", &case), ["format.not-normal"]);
    assert!(judged(r#"{"date-formats": ["YYYYMMDD"]}"#, &case).is_empty());
}

#[test]
fn each_code_once_a_change() {
    let many = Value::Choices(vec!["a".into(), "b".into(), "c@ACME.com".into(), "d@ACME.com".into()]);
    assert_eq!(changed("email", Value::Null, many.clone()), ["format.invalid", "format.not-normal"]);
    let two = Case::enrich("one", many.clone()).tags(&["email"]).change("two", Value::Null, many).tags(&["email"]);
    assert_eq!(judged("{}", &two).len(), 4);
}

#[test]
fn it_is_not_called_for_what_is_emptied() {
    let case = Case::clear("mail", "ann@acme.com").tags(&["email"]);
    assert!(matches!(testing::validate::<Format>("{}", &case), Err(NotCalled::OutOfScope)));
}

#[test]
fn long_values_are_only_called_invalid() {
    for tag in ["email", "phone", "postcode", "date", "url", "country"] {
        assert_eq!(changed(tag, Value::Null, "1@.x".repeat(1 << 18).as_str()), ["format.invalid"], "{tag}");
    }
}

#[test]
fn settings_that_are_wrong_are_refused() {
    for (settings, why) in [
        (r#"{"kinds": {}}"#, "kinds: names no field"),
        (r##"{"kinds": {"#": "any"}}"##, "kinds: an entry is blank"),
        (r#"{"kinds": {"x": "colour"}}"#, "unknown variant `colour`"),
        (r#"{"default-country": "Switzerland"}"#, "default-country: no two capital letters"),
        (r#"{"default-country": "XX"}"#, "default-country: no two capital letters"),
        (r#"{"date-formats": []}"#, "date-formats: names no format"),
        (r#"{"date-formats": ["YY-MM-DD"]}"#, "date-formats: a format has letters"),
        (r#"{"kind": {}}"#, "unknown field `kind`"),
    ] {
        let refused = testing::validate::<Format>(settings, &Case::enrich("x", "x")).unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}
