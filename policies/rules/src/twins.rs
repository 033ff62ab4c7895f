//! Holds a rule against the standard module that it restates: the same answers to the same suggestions. For tests.
#![expect(clippy::expect_used, clippy::panic, clippy::missing_panics_doc, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use countersign_guest::Policy;
use countersign_guest::prelude::*;
use countersign_guest::testing::{Case, NotCalled};

/// The settings that an example set gives one of its modules: its own, with the name and the text of the file.
#[must_use]
pub fn settings(folder: &Path, name: &str) -> String {
    let set = fs::read_to_string(folder.join("set.toml")).expect("the example set");
    let set: serde_json::Value = toml::from_str(&set).expect("the example set is TOML");
    let entries = set.get("policy").and_then(serde_json::Value::as_array).expect("the set has policies");
    let named = |entry: &&serde_json::Value| entry.get("name").is_some_and(|named| named == name);
    let entry = entries.iter().find(named).expect("the set has an entry of this name");
    let file = entry.get("file").and_then(serde_json::Value::as_str).expect("the entry names a file");
    let mut settings = entry.get("settings").cloned().unwrap_or_else(|| serde_json::json!({}));
    let text = fs::read_to_string(folder.join(file)).expect("the rule's file");
    let keys = settings.as_object_mut().expect("the settings are a table");
    keys.insert("name".to_owned(), name.into());
    keys.insert("source".to_owned(), text.into());
    settings.to_string()
}

/// How much of a verdict is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Outcome, reasons in their order, and what a review must look like.
    All,
    /// Outcome and reasons, in any order.
    Reasons,
}

/// Asserts that a rule answers generated suggestions as its twin does with its default settings.
pub fn agree<Rule: Policy, Twin: Policy>(settings: &str, compared: Compared) {
    let rule = testing::configured::<Rule>(settings).unwrap_or_else(|refused| panic!("{refused}"));
    let twin = testing::configured::<Twin>("{}").unwrap_or_else(|refused| panic!("{refused}"));
    let mut called = 0;
    for (number, case) in cases(600).enumerate() {
        let answers =
            [testing::decide_by(&rule, &case, &[]), testing::decide_by(&twin, &case, &[])].map(|a| shown(a, compared));
        called += usize::from(answers[1] != Err(NotCalled::OutOfScope));
        let [ours, theirs] = answers;
        assert_eq!(ours, theirs, "case {number}: {case:#?}");
    }
    assert!(called > 200, "only {called} cases are in scope");
}

fn shown(answer: Result<Verdict, NotCalled>, compared: Compared) -> Result<Verdict, NotCalled> {
    answer.map(|mut verdict| {
        if compared == Compared::Reasons {
            verdict.review = None;
            verdict.reasons.sort_by(|a, b| (&a.code, &a.field, &a.message).cmp(&(&b.code, &b.field, &b.message)));
        }
        verdict
    })
}

/// Suggestions of every operation, with all that the twins look at; always the same ones.
pub fn cases(count: usize) -> impl Iterator<Item = Case> {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    std::iter::repeat_with(move || case(&mut dice)).take(count)
}

/// Numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn of<T: Clone>(&mut self, from: &[T]) -> T {
        let at = usize::try_from(self.roll(from.len() as u64)).unwrap_or_default();
        from.get(at).cloned().unwrap_or_else(|| panic!("nothing to choose from"))
    }
}

const FIELDS: [&str; 6] = ["city", "email", "iban", "revenue", "notes", "Größe"];
const TAGS: [&str; 6] = ["email", "pii", "legal", "payment", "government-id", "privacy-flag"];
const CONFIDENCES: [Option<f64>; 12] = [
    None,
    Some(0.0),
    Some(0.5),
    Some(0.9499),
    Some(0.949_999_9),
    Some(0.95),
    Some(0.9963),
    Some(1.0),
    Some(1.000_01),
    Some(-0.1),
    Some(f64::NAN),
    Some(f64::INFINITY),
];
const TIMES: [Option<&str>; 6] = [
    None,
    Some("2024-05-01T00:00:00Z"),
    Some("2026-11-20T10:00:00+01:00"),
    Some("2026-11-20T08:00:00Z"),
    Some("2027-01-01T00:00:00Z"),
    Some("some day"),
];

fn case(dice: &mut Dice) -> Case {
    let operation = dice.of(Operation::ALL);
    let mut case = Case::new(operation).object(dice.of(&["contact", "Lead", "account", "person"]));
    case.suggestion.confidence = dice.of(&CONFIDENCES);
    let first = dice.roll(6);
    for number in 0..dice.of(&[0, 1, 1, 2, 3]) {
        let field = FIELDS[usize::try_from((first + number) % 6).unwrap_or_default()];
        case = case.change(field, "old", "new").sensitivity(dice.of(Sensitivity::ALL));
        let tags: Vec<&str> = TAGS.into_iter().filter(|_| dice.roll(5) == 0).collect();
        case = case.tags(&tags);
        if dice.roll(3) == 0 {
            let confidence = dice.of(&CONFIDENCES);
            case = case.with(|s| s.changes.iter_mut().next_back().into_iter().for_each(|c| c.confidence = confidence));
        }
    }
    case.with_facts(|facts| {
        if dice.roll(8) == 0 {
            facts.fields.clear();
        }
        facts.consents.clear();
        for _ in 0..dice.roll(4) {
            facts.consents.push(Consent {
                purpose: dice.of(&["enrichment", "enrichment", "outreach", "marketing"]).into(),
                state: dice.of(&["granted", "granted", "denied", "revoked", "maybe"]).into(),
                at: dice.of(&TIMES).map(str::to_owned),
            });
        }
    })
}
