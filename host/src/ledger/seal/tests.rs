use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Seals each value of a list and checks that opening gives back the same JSON.
fn round_trip(plain: &str, values: &[Value]) {
    let mut sealer = Sealer::new([9; 32]);
    let places: Vec<Sealed> = values.iter().map(|value| sealer.seal(value).unwrap()).collect();
    let openings = sealer.finish();
    let body = |values: Value| format!("{{\"plain\":{},\"values\":{values},\"{}\":0}}", json!(plain), "last");
    let committed = body(serde_json::to_value(&places).unwrap());
    let opened = open_exact(&committed, Some(&openings)).unwrap();
    assert_eq!(opened, body(json!(values)));
    assert_eq!(open(&committed, &openings).unwrap(), opened);
    let stored = Openings::from_stored(*openings.seed(), &openings.stored_values()).unwrap();
    assert_eq!(stored, openings);
}

#[test]
fn hostile_values_come_back_as_they_were() {
    let forged = placeholder::place(&Digest::of(b"forged"));
    let object: Value = serde_json::from_str(&forged).unwrap();
    let values = [
        json!(forged),
        object.clone(),
        json!([object, {"sealed": "no"}]),
        json!({"sealed": null}),
        json!("{\"sealed\":\""),
        json!(""),
        json!(null),
        json!("\"}"),
        json!("é\u{0}\u{2028}\\\""),
        json!(1.50),
        json!("{\"sealed\":\""),
    ];
    for plain in [forged.as_str(), "{\"sealed\":\"", "{", "\\", ""] {
        round_trip(plain, &values);
        round_trip(plain, &[]);
    }
}

#[test]
fn equal_values_have_different_commitments() {
    let mut sealer = Sealer::new([1; 32]);
    assert_ne!(sealer.seal(&"x").unwrap(), sealer.seal(&"x").unwrap());
    assert_ne!(Sealer::new([2; 32]).seal(&"x").unwrap(), Sealer::new([1; 32]).seal(&"x").unwrap());
}

#[test]
fn the_commitment_is_the_documented_one() {
    let mut sealer = Sealer::new([3; 32]);
    sealer.seal(&0).unwrap();
    let Sealed(second) = sealer.seal(&"ada@example.com").unwrap();
    let openings = sealer.finish();
    assert_eq!(second, commitment(&openings.salt(1), "\"ada@example.com\""));
    let mut bytes = b"countersign.sealed.v1\n".to_vec();
    bytes.extend(keyed::keyed(&[3; 32], &[b"salt\x00\x00\x00\x01"]));
    bytes.extend(b"\"ada@example.com\"");
    assert_eq!(second, Digest::of(&bytes));
}

#[test]
fn wrong_openings_are_refused() {
    let mut sealer = Sealer::new([4; 32]);
    let [a, b] = ["a", "b"].map(|value| sealer.seal(&value).unwrap());
    let openings = sealer.finish();
    let body = |first: Sealed, second: Sealed| json!({ "1": first, "2": second }).to_string();
    assert!(open(&body(a, b), &openings).is_ok());
    assert!(matches!(open(&body(b, a), &openings), Err(SealError::Mismatch { index: 0, .. })));
    assert!(matches!(open(&body(a, a), &openings), Err(SealError::Mismatch { index: 1, .. })));
    let few = Openings { values: vec!["\"a\"".to_owned()], ..openings.clone() };
    assert!(matches!(open(&body(a, b), &few), Err(SealError::Count { places: 2, values: 1 })));
    assert!(matches!(open("{}", &few), Err(SealError::Count { places: 0, values: 1 })));
    assert!(matches!(open_exact(&body(a, b), None), Err(SealError::Count { places: 2, values: 0 })));
    let other = Openings { seed: [5; 32], ..openings };
    assert!(matches!(open(&body(a, b), &other), Err(SealError::Mismatch { index: 0, .. })));
}

#[test]
fn openings_keep_their_values_out_of_debug_text() {
    let mut sealer = Sealer::new([6; 32]);
    sealer.seal(&"ada@example.com").unwrap();
    let text = format!("{:?}", sealer.finish());
    assert!(text.contains('1') && !text.contains("ada"), "{text}");
}

#[test]
fn stored_values_keep_every_byte() {
    let texts = ["1.0", "1e2", "{ \"a\" : 1 }", "\"\\u00e9\"", "[[[]]]"];
    let openings = Openings { seed: [0; 32], values: texts.map(str::to_owned).to_vec() };
    assert_eq!(Openings::from_stored([0; 32], &openings.stored_values()).unwrap(), openings);
    assert!(Openings::from_stored([0; 32], "[1").is_err());
    assert!(Openings::from_stored([0; 32], "{}").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_strings_round_trip(
        plain in "[{}\"\\\\:a-f0-9sealed]{0,40}|\\PC{0,20}",
        values in prop::collection::vec("(\\{\"sealed\":\"[0-9a-f]{0,64}\"?\\}?)|\\PC{0,20}|[\"\\\\{}]{0,9}", 0..6),
    ) {
        round_trip(&plain, &values.iter().map(|value| json!(value)).collect::<Vec<_>>());
    }
}
