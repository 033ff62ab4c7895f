//! The draw as SAMPLE.md says it, by other means than the program's: SHA-256 alone is shared.

use std::collections::{BTreeMap, BTreeSet};

use countersign::ledger::RecordedEvent;
use countersign::model::Digest;
use serde_json::{Value, json};

fn root(leaves: &[Digest]) -> Digest {
    if let [leaf] = leaves {
        return *leaf;
    }
    let split = 1 << (leaves.len() - 1).ilog2();
    let (left, right) = (root(&leaves[..split]), root(&leaves[split..]));
    Digest::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

fn band(body: &Value) -> String {
    let whole = &body["suggestion"]["confidence"];
    let mut all: Vec<f64> = Vec::new();
    let changes = body["suggestion"]["changes"].as_array().unwrap();
    for given in changes.iter().map(|change| change.get("confidence").unwrap_or(whole)) {
        match given.as_f64() {
            Some(confidence) => all.push(confidence),
            None => return "none".to_owned(),
        }
    }
    if changes.is_empty() {
        all.extend(whole.as_f64());
    }
    let lowest = all.into_iter().fold(f64::INFINITY, f64::min);
    match lowest {
        f64::INFINITY => "none",
        _ if lowest < 0.5 => "<0.5",
        _ if lowest < 0.8 => "0.5-0.8",
        _ if lowest < 0.9 => "0.8-0.9",
        _ if lowest < 0.95 => "0.9-0.95",
        _ if lowest < 0.99 => "0.95-0.99",
        _ => ">=0.99",
    }
    .to_owned()
}

fn part(by: &str, body: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match by {
        "confidence" => band(body),
        "field" => {
            let changes = body["suggestion"]["changes"].as_array().unwrap();
            let fields: BTreeSet<String> = changes.iter().map(|change| text(&change["field"])).collect();
            if fields.is_empty() { "none".to_owned() } else { fields.into_iter().collect::<Vec<_>>().join("+") }
        }
        "assistant" => {
            let assistant = &body["suggestion"]["assistant"];
            format!("{}/{}", text(&assistant["vendor"]), text(&assistant["model"]))
        }
        _ => format!("{}@{}", text(&body["set"]["name"]), text(&body["set"]["version"])),
    }
}

/// What an event `sampled` must hold, from the entries before it.
pub fn draw(events: &[RecordedEvent], month: &str, ppm: u64, by: &[&str], outcome: Option<&str>) -> Value {
    let within: Vec<usize> = (0..events.len()).filter(|seq| events[*seq].at.starts_with(month)).collect();
    let size = within.last().unwrap() + 1;
    let leaves: Vec<Digest> =
        events[..size].iter().map(|event| Digest::of_parts(&[&[0], event.entry.as_bytes()])).collect();
    let seed = root(&leaves);
    let mut strata: BTreeMap<Vec<String>, Vec<(Digest, String)>> = BTreeMap::new();
    for event in within.into_iter().map(|seq| &events[seq]) {
        let entry: Value = serde_json::from_str(&event.entry).unwrap();
        let body = &entry["body"];
        if entry["kind"] == "decision" && outcome.is_none_or(|outcome| body["outcome"] == outcome) {
            let id = body["id"].as_str().unwrap().to_owned();
            let order = Digest::of_parts(&[seed.as_bytes(), id.as_bytes()]);
            let name = by.iter().map(|by| part(by, body)).collect();
            strata.entry(name).or_default().push((order, id));
        }
    }
    let population: usize = strata.values().map(Vec::len).sum();
    let strata: Vec<Value> = strata
        .into_iter()
        .map(|(name, mut members)| {
            members.sort();
            let size = members.len() as u64;
            let take = usize::try_from((size * ppm).div_ceil(1_000_000)).unwrap();
            let drawn: Vec<_> = members.into_iter().take(take).map(|(_, id)| id).collect();
            json!({ "stratum": name, "population": size, "drawn": drawn })
        })
        .collect();
    json!({
        "month": month, "rate_ppm": ppm, "by": by, "outcome": outcome.unwrap_or("all"),
        "seed": { "size": size, "root": seed.to_string() }, "population": population, "strata": strata,
    })
}
