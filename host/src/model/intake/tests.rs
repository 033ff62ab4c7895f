use super::*;

const GOOD: &str = r#"{"id":"s-1","received_at":"2026-11-20T09:00:00Z","target":{"system":"hubspot","object":"contact","id":"101"},"operation":"enrich","changes":[{"field":"industry","prior":null,"proposed":"Software"}],"assistant":{"vendor":"acme","model":"enricher","version":"2.1"},"confidence":0.97,"evidence":[{"uri":"https://example.com/about","kind":"web-page"}],"rationale":"The site says so.","context":{"fields":{"industry":{"value":null,"verified":false,"set_by":null}}}}"#;

fn error(text: &str) -> IntakeError {
    parse_line(&Line { number: 7, text: text.to_owned() }).unwrap_err()
}

#[test]
fn the_documented_example_is_read_and_written_back() {
    let suggestion = parse_line(&Line { number: 1, text: GOOD.to_owned() }).unwrap();
    assert_eq!(suggestion.field_names().collect::<Vec<_>>(), ["industry"]);
    let text = suggestion.canonical().unwrap();
    assert_eq!(Suggestion::from_canonical(&text).unwrap(), suggestion);
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    let error = error(&GOOD.replace("\"proposed\"", "\"propsed\""));
    assert_eq!(error.key.as_deref(), Some("changes[0].propsed"));
    assert!(error.to_string().starts_with("line 7, key `changes[0].propsed`"), "{error}");
    assert!(error.message.contains("nearest known key is `proposed`"), "{error}");
}

#[test]
fn wrong_types_are_named_with_their_key() {
    assert_eq!(error(&GOOD.replace("0.97", "\"NaN\"")).key.as_deref(), Some("confidence"));
    assert_eq!(error(&GOOD.replace("\"Software\"", "{\"a\":1}")).key.as_deref(), Some("changes[0].proposed"));
    assert_eq!(error(&GOOD.replace("\"enrich\"", "\"enhance\"")).key.as_deref(), Some("operation"));
}

#[test]
fn what_the_types_do_not_say_is_checked() {
    let bad = [
        ("0.97", "1.5", "confidence"),
        ("2026-11-20T09", "2026-13-20T09", "received_at"),
        ("\"s-1\"", "\"\"", "id"),
        ("\"enrich\"", "\"clear\"", "changes[0].proposed"),
        ("\"enrich\"", "\"merge\"", "merge_with"),
        (r#"[{"field":"industry","prior":null,"proposed":"Software"}]"#, "[]", "changes"),
        (
            r#","proposed":"Software"}"#,
            r#","proposed":"Software"},{"field":"industry","proposed":"x"}"#,
            "changes[1].field",
        ),
    ];
    for (from, to, key) in bad {
        assert!(GOOD.contains(from), "{from}");
        assert_eq!(error(&GOOD.replace(from, to)).key.as_deref(), Some(key), "{to}");
    }
}

#[test]
fn a_field_that_stands_twice_is_refused() {
    let twice = GOOD.replace(r#""fields":{"#, r#""fields":{"industry":{"value":"x"},"#);
    assert!(error(&twice).message.contains("twice"));
}

#[test]
fn a_cut_off_line_says_so() {
    let error = error(GOOD.get(..GOOD.len() / 2).unwrap());
    assert!(error.message.contains("cut off"), "{error}");
}

#[test]
fn lines_that_cannot_be_read_do_not_stop_those_after() {
    let mut bytes = vec![b'x'; MAX_LINE_BYTES + 10];
    bytes.extend_from_slice(b"\n\n\xff\xfe\nlast");
    let lines: Vec<_> = read_lines(bytes.as_slice()).map(Result::unwrap).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].as_ref().unwrap_err().message.contains("longer than"));
    assert_eq!(lines[1].as_ref().unwrap_err().line, 3);
    assert_eq!(lines[2].as_ref().unwrap(), &Line { number: 4, text: "last".to_owned() });
}

#[test]
fn a_confidence_is_read_to_the_last_digit() {
    // Parsers that are fast and nearly right read the second as 0.9758098901421095.
    for confidence in ["0.95", "0.9758098901421096", "0.1", "0.30000000000000004"] {
        let line = Line { number: 1, text: GOOD.replace("0.97", confidence) };
        let text = parse_line(&line).unwrap().canonical().unwrap();
        assert!(text.contains(&format!("\"confidence\":{confidence},")), "{text}");
    }
}
