//! Inputs that are made up: anything that intake lets through, and more often what a module looks at.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any};
use proptest::sample::{select, subsequence};
use proptest::strategy::{BoxedStrategy, Union, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::case::{Given, NOW};
use crate::model::{
    Assistant, Change, Consent, Context, Description, Evidence, FieldClass, FieldState, Finding, Operation, PastChange,
    RecordRef, Sensitivity, Severity, Suggestion, Value,
};

/// Fields, tags and kinds of record that every deployment has in some form.
const FIELDS: [&str; 8] = ["email", "phone", "city", "industry", "owner", "title", "iban", "employees"];
const TAGS: [&str; 7] = ["email", "phone", "pii", "payment", "legal", "contact", "privacy-flag"];
const OBJECTS: [&str; 3] = ["contact", "company", "deal"];
const OPERATIONS: [Operation; 8] = [
    Operation::Append,
    Operation::Enrich,
    Operation::Overwrite,
    Operation::Clear,
    Operation::Merge,
    Operation::Delete,
    Operation::Summarize,
    Operation::Act,
];

/// So many inputs for a module with these settings; the same seed gives the same ones.
#[must_use]
pub fn generated(description: &Description, settings: &str, seed: u64, number: usize) -> Vec<Given> {
    let strategy = inputs(description, settings);
    let mut runner = runner(seed, Config::default());
    (0..number).filter_map(|_| Some(strategy.new_tree(&mut runner).ok()?.current())).collect()
}

/// A runner that does the same for the same seed.
pub(super) fn runner(seed: u64, config: Config) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Words that are more likely than others, since the module names them.
struct Words {
    fields: Vec<String>,
    tags: Vec<String>,
    objects: Vec<String>,
}

impl Words {
    fn of(description: &Description) -> Self {
        let named = description.reads.fields.iter().chain(&description.applies_to.fields);
        let (mut fields, mut tags): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for name in named {
            match name.strip_prefix('#') {
                Some(tag) => tags.push(tag.to_owned()),
                None if name != "*" => fields.push(name.clone()),
                None => {}
            }
        }
        let and = |own: Vec<String>, all: &[&str]| {
            let all: BTreeSet<String> = own.into_iter().chain(all.iter().map(|word| (*word).to_owned())).collect();
            all.into_iter().collect()
        };
        Self {
            fields: and(fields, &FIELDS),
            tags: and(tags, &TAGS),
            objects: and(description.applies_to.objects.clone(), &OBJECTS),
        }
    }
}

/// Every input that intake lets through can come out of this.
pub(super) fn inputs(description: &Description, settings: &str) -> BoxedStrategy<Given> {
    let words = Words::of(description);
    let settings = settings.to_owned();
    let classes = btree_map(select(words.fields.clone()), class(words.tags.clone()), 0..4);
    let history = vec(past(words.fields.clone()), 0..4);
    (suggestion(&words), classes, history, vec(finding(words.fields.clone()), 0..3))
        .prop_map(move |(suggestion, catalogue, history, findings)| Given {
            settings: settings.clone(),
            now: NOW.to_owned(),
            suggestion,
            catalogue,
            history,
            findings,
        })
        .boxed()
}

fn suggestion(words: &Words) -> BoxedStrategy<Suggestion> {
    let target = record(words.objects.clone());
    let merged = vec(record(words.objects.clone()), 1..3);
    let rest = (option::of(confidence()), vec(evidence(), 0..3), text(), context(words.fields.clone()));
    let who = (word(), word(), word()).prop_map(|(vendor, model, version)| Assistant { vendor, model, version });
    let fields = words.fields.clone();
    // What intake asks for: some operations change at least one field.
    let changed = select(OPERATIONS.to_vec()).prop_flat_map(move |operation| {
        let least = usize::from(matches!(
            operation,
            Operation::Append | Operation::Enrich | Operation::Overwrite | Operation::Clear
        ));
        (Just(operation), changes(fields.clone(), least))
    });
    (target, changed, merged, who, rest)
        .prop_map(|(target, (operation, mut changes), merged, assistant, rest)| {
            let (confidence, evidence, rationale, context) = rest;
            if operation == Operation::Clear {
                for change in &mut changes {
                    change.proposed = Value::Null;
                }
            }
            Suggestion {
                id: "made-up".to_owned(),
                received_at: NOW.to_owned(),
                target,
                operation,
                changes,
                merge_with: if operation == Operation::Merge { merged } else { Vec::new() },
                assistant,
                confidence,
                evidence,
                rationale,
                context,
            }
        })
        .boxed()
}

fn changes(fields: Vec<String>, least: usize) -> BoxedStrategy<Vec<Change>> {
    let most = fields.len().min(4);
    (subsequence(fields, least..=most), vec((value(), value(), option::of(confidence())), most))
        .prop_map(|(fields, values)| {
            let change = |(field, (prior, proposed, confidence))| Change { field, prior, proposed, confidence };
            fields.into_iter().zip(values).map(change).collect()
        })
        .boxed()
}

fn context(fields: Vec<String>) -> BoxedStrategy<Context> {
    let state = (value(), any::<bool>(), option::of(word())).prop_map(|(value, verified, set_by)| FieldState {
        value,
        verified,
        set_by,
    });
    let consent = (
        select(vec!["enrichment".to_owned(), "marketing".to_owned()]),
        select(vec!["granted".to_owned(), "denied".to_owned(), "revoked".to_owned(), "unclear".to_owned()]),
        option::of(time()),
    )
        .prop_map(|(purpose, state, at)| Consent { purpose, state, at });
    let regimes = subsequence(vec!["banking".to_owned(), "health".to_owned()], 0..=2);
    (btree_map(select(fields), state, 0..4), vec(consent, 0..3), regimes, option::of(word()))
        .prop_map(|(fields, consents, regimes, segment)| Context { fields, consents, regimes, segment })
        .boxed()
}

fn record(objects: Vec<String>) -> BoxedStrategy<RecordRef> {
    let system = select(vec!["hubspot".to_owned(), "salesforce".to_owned()]);
    (system, select(objects), "[a-zA-Z0-9-]{1,18}")
        .prop_map(|(system, object, id)| RecordRef { system, object, id })
        .boxed()
}

fn evidence() -> BoxedStrategy<Evidence> {
    let uri = Union::new(vec![Just("https://example.com/about".to_owned()).boxed(), text()]);
    let kind = select(vec!["web-page".to_owned(), "email".to_owned(), "source-record".to_owned(), String::new()]);
    let digest = Union::new(vec!["[0-9a-f]{64}".boxed(), word()]);
    (uri, kind, option::of(text()), option::of(time()), option::of(digest))
        .prop_map(|(uri, kind, excerpt, retrieved_at, sha256)| Evidence { uri, kind, excerpt, retrieved_at, sha256 })
        .boxed()
}

fn class(tags: Vec<String>) -> BoxedStrategy<FieldClass> {
    let sensitivity = select(vec![Sensitivity::Low, Sensitivity::Medium, Sensitivity::High]);
    let most = tags.len().min(3);
    (sensitivity, subsequence(tags, 0..=most)).prop_map(|(sensitivity, tags)| FieldClass { sensitivity, tags }).boxed()
}

fn past(fields: Vec<String>) -> BoxedStrategy<PastChange> {
    let fate = select(vec!["apply".to_owned(), "review".to_owned(), "reject".to_owned(), "corrected".to_owned()]);
    (select(fields), time(), word(), value(), value(), fate)
        .prop_map(|(field, at, by, prior, proposed, fate)| PastChange { field, at, by, prior, proposed, fate })
        .boxed()
}

fn finding(fields: Vec<String>) -> BoxedStrategy<Finding> {
    let severity = select(vec![Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical]);
    let code = select(vec!["format.not-valid".to_owned(), "sudden-change.again".to_owned(), "other.code".to_owned()]);
    (code, severity, option::of(select(fields)), text())
        .prop_map(|(code, severity, field, message)| Finding { code, severity, field, message })
        .boxed()
}

/// Confidences around the thresholds that people choose, the ends, and everything between.
fn confidence() -> BoxedStrategy<f64> {
    Union::new(vec![select(vec![0.0, 0.5, 0.9, 0.9499, 0.95, 0.99, 1.0, 1e-7]).boxed(), (0.0..=1.0).boxed()]).boxed()
}

fn value() -> BoxedStrategy<Value> {
    let number = Union::new(vec![
        any::<i64>().prop_map(|number| number.to_string()).boxed(),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,12})?(e[0-9]{1,3})?".boxed(),
    ]);
    Union::new(vec![
        Just(Value::Null).boxed(),
        any::<bool>().prop_map(Value::Boolean).boxed(),
        number.prop_map(Value::Number).boxed(),
        text().prop_map(Value::Text).boxed(),
        text().prop_map(Value::Text).boxed(),
        vec(word(), 0..4).prop_map(Value::Choices).boxed(),
    ])
    .boxed()
}

fn time() -> BoxedStrategy<String> {
    let near = (0_u8..24, 0_u8..60).prop_map(|(hour, minute)| format!("2026-11-19T{hour:02}:{minute:02}:00Z"));
    Union::new(vec![near.boxed(), Just("1970-01-01T00:00:00Z".to_owned()).boxed(), text()]).boxed()
}

fn word() -> BoxedStrategy<String> {
    Union::new(vec!["[a-z]{1,8}".boxed(), "[a-z]{1,6}/[a-z]{1,6}".boxed(), Just(String::new()).boxed(), text()]).boxed()
}

/// What people write, and what breaks programs.
fn text() -> BoxedStrategy<String> {
    let typical =
        ["ana@example.com", "+41 44 668 18 00", "https://example.org", "2026-02-30", "DE89370400440532013000"];
    Union::new(vec![
        select(typical.map(str::to_owned).to_vec()).boxed(),
        "[A-Z]{1,12}( [A-Z]{1,12}){0,3}".boxed(),
        "[a-z]{1,10}@[a-z]{1,10}\\.(com|ch|co\\.uk|xn--p1ai)".boxed(),
        "\\PC{0,24}".boxed(),
        "(\\PC|\\n|\\t|\u{0}){0,12}".boxed(),
        (1_usize..3_000).prop_map(|length| "x".repeat(length)).boxed(),
    ])
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Line, Parts, Reads, Scope, parse_line};

    fn description() -> Description {
        Description {
            name: "m".into(),
            version: "1.0.0".into(),
            summary: String::new(),
            applies_to: Scope::default(),
            reads: Reads { parts: Parts::default(), fields: vec!["shoe_size".into(), "#feet".into()], history_days: 0 },
            codes: Vec::new(),
            settings_schema: "{}".into(),
        }
    }

    #[test]
    fn what_is_made_up_passes_intake_and_is_the_same_for_the_same_seed() {
        let made = generated(&description(), "{}", 1, 300);
        assert_eq!(made, generated(&description(), "{}", 1, 300));
        assert_ne!(made, generated(&description(), "{}", 2, 300));
        for given in &made {
            let text = serde_json::to_string(&given.suggestion).unwrap();
            assert_eq!(parse_line(&Line { number: 1, text }).unwrap(), given.suggestion);
        }
        let fields = || made.iter().flat_map(|given| &given.suggestion.changes).map(|change| change.field.as_str());
        assert!(fields().any(|field| field == "shoe_size"), "the module's own fields are among them");
        assert!(made.iter().any(|given| given.catalogue.values().any(|class| class.tags.contains(&"feet".to_owned()))));
    }
}
