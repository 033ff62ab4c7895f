//! A module sees what it declared and nothing else: probes that declare one thing each log every byte of the memory
//! in which their arguments arrived, and no value that they did not declare is among them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use countersign_tests::{Program, guest};
use serde_json::{Value, json};

/// What a probe declares, what of the values below it must be given, and nothing else of them.
struct Probe {
    /// Bits of `parts`, in the order of the interface.
    parts: u32,
    fields: &'static [&'static str],
    days: u32,
    given: &'static [&'static str],
}

const EVIDENCE: u32 = 1;
const EXCERPTS: u32 = 1 << 1;
const RATIONALE: u32 = 1 << 2;
const ASSISTANT: u32 = 1 << 3;
const CHANGED_VALUES: u32 = 1 << 4;
const FIELD_FACTS: u32 = 1 << 5;
const CONSENTS: u32 = 1 << 6;
const REGIMES: u32 = 1 << 7;
const SEGMENT: u32 = 1 << 8;

/// Every value that is told only on request, each with a name that is found nowhere else.
const VALUES: &[&str] = &[
    "EvidenceUri",
    "EvidenceKind",
    "2026-01-02T03:04:05Z",
    "EvidenceDigest",
    "EvidenceExcerpt",
    "TheRationale",
    "TheVendor",
    "TheModel",
    "TheVersion",
    "EmailBefore",
    "EmailAfter",
    "EmailNow",
    "TitleBefore",
    "TitleAfter",
    "TitleNow",
    "SetByEmail",
    "SetByTitle",
    "CityNow",
    "SetByCity",
    "annualrevenue",
    "RevenueNow",
    "SetByRevenue",
    "ConsentPurpose",
    "ConsentState",
    "2026-02-03T04:05:06Z",
    "TheRegime",
    "TheSegment",
    "PastVendor/PastModel",
    "PastPhoneBefore",
    "PastPhoneAfter",
    "PastTitleBefore",
    "PastTitleAfter",
    "2026-05-30T00:00:00Z",
    "OldVendor/OldModel",
    "OldTitleAfter",
];

/// What every module is told.
const ALWAYS: &[&str] =
    &["the-id", "TheSystem", "contact", "TheRecord", "email", "jobtitle", "2026-06-01T00:00:00Z", "OtherRecord"];

const PROBES: &[Probe] = &[
    Probe { parts: 0, fields: &[], days: 0, given: &[] },
    Probe {
        parts: EVIDENCE,
        fields: &[],
        days: 0,
        given: &["EvidenceUri", "EvidenceKind", "2026-01-02T03:04:05Z", "EvidenceDigest"],
    },
    Probe {
        parts: EXCERPTS,
        fields: &[],
        days: 0,
        given: &["EvidenceUri", "EvidenceKind", "2026-01-02T03:04:05Z", "EvidenceDigest", "EvidenceExcerpt"],
    },
    Probe { parts: RATIONALE, fields: &[], days: 0, given: &["TheRationale"] },
    Probe { parts: ASSISTANT, fields: &[], days: 0, given: &["TheVendor", "TheModel", "TheVersion"] },
    Probe {
        parts: CHANGED_VALUES,
        fields: &[],
        days: 0,
        given: &["EmailBefore", "EmailAfter", "TitleBefore", "TitleAfter"],
    },
    Probe { parts: FIELD_FACTS, fields: &[], days: 0, given: &["SetByEmail", "SetByTitle"] },
    Probe {
        parts: FIELD_FACTS | CHANGED_VALUES,
        fields: &[],
        days: 0,
        given: &[
            "EmailBefore",
            "EmailAfter",
            "EmailNow",
            "TitleBefore",
            "TitleAfter",
            "TitleNow",
            "SetByEmail",
            "SetByTitle",
        ],
    },
    Probe { parts: CONSENTS, fields: &[], days: 0, given: &["ConsentPurpose", "ConsentState", "2026-02-03T04:05:06Z"] },
    Probe { parts: REGIMES, fields: &[], days: 0, given: &["TheRegime"] },
    Probe { parts: SEGMENT, fields: &[], days: 0, given: &["TheSegment"] },
    // A field by name: changed, or not changed.
    Probe { parts: 0, fields: &["email"], days: 0, given: &["EmailBefore", "EmailAfter", "EmailNow", "SetByEmail"] },
    Probe { parts: 0, fields: &["annualrevenue"], days: 0, given: &["annualrevenue", "RevenueNow", "SetByRevenue"] },
    // Fields by what the catalogue says that they are.
    Probe { parts: 0, fields: &["#probed"], days: 0, given: &["EmailBefore", "EmailAfter", "EmailNow", "SetByEmail"] },
    // Names are no patterns, and no parts of names.
    Probe { parts: 0, fields: &["emai", "email*", "EMAIL", "#pro", "probed"], days: 0, given: &[] },
    Probe {
        parts: 0,
        fields: &["*"],
        days: 0,
        given: &[
            "EmailBefore",
            "EmailAfter",
            "EmailNow",
            "TitleBefore",
            "TitleAfter",
            "TitleNow",
            "SetByEmail",
            "SetByTitle",
            "CityNow",
            "SetByCity",
            "annualrevenue",
            "RevenueNow",
            "SetByRevenue",
        ],
    },
    // History without values; with those of the changed fields; of a field by name; of a longer time.
    Probe { parts: 0, fields: &[], days: 10, given: &["PastVendor/PastModel", "2026-05-30T00:00:00Z"] },
    Probe {
        parts: CHANGED_VALUES,
        fields: &[],
        days: 10,
        given: &[
            "EmailBefore",
            "EmailAfter",
            "TitleBefore",
            "TitleAfter",
            "PastVendor/PastModel",
            "2026-05-30T00:00:00Z",
            "PastTitleBefore",
            "PastTitleAfter",
        ],
    },
    Probe {
        parts: 0,
        fields: &["phone"],
        days: 10,
        given: &["PastVendor/PastModel", "2026-05-30T00:00:00Z", "PastPhoneBefore", "PastPhoneAfter"],
    },
    Probe {
        parts: 0,
        fields: &[],
        days: 400,
        given: &["PastVendor/PastModel", "2026-05-30T00:00:00Z", "OldVendor/OldModel"],
    },
];

fn name(at: usize) -> String {
    format!("prob{at:03}")
}

/// A guest that declares this, and logs its arguments: from where the skeleton's memory begins to where it ends.
fn build(at: usize, probe: &Probe, validator: bool) -> Vec<u8> {
    let mut data = format!(
        "(data (i32.const 0x100) \"{}\")\n(data (i32.const 0x230) (i32 {}))\n(data (i32.const 0x23c) (i32 {}))\n\
         (data (i32.const 0x234) (i32 0x600 {}))\n(data (i32.const 0x240) (i32 0 0))\n",
        name(at),
        probe.parts,
        probe.days,
        probe.fields.len(),
    );
    for (index, field) in probe.fields.iter().enumerate() {
        let (entry, text) = (0x600 + index * 8, 0x700 + index * 64);
        writeln!(data, "(data (i32.const {entry}) (i32 {text} {}))", field.len()).unwrap();
        writeln!(data, "(data (i32.const {text}) \"{field}\")").unwrap();
    }
    let (export, answer) = if validator { ("validate", "0x380") } else { ("decide", "0x280") };
    guest::build(&format!(
        "{data}
        (func (export \"{export}\") (param i32) (result i32)
          (local $at i32)
          (local.set $at (i32.const 0x1000))
          (block $done
            (loop $again
              (br_if $done (i32.ge_u (local.get $at) (global.get $free)))
              ;; What is no letter is shown as a dot.
              (if (i32.gt_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 33)) (i32.const 93))
                (then (i32.store8 (local.get $at) (i32.const 46))))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br $again)))
          (call $log (i32.const 0x1000) (i32.sub (global.get $free) (i32.const 0x1000)))
          (i32.const {answer}))"
    ))
}

fn change(field: &str, prior: &str, proposed: &str) -> Value {
    json!({ "field": field, "prior": prior, "proposed": proposed })
}

fn suggestion(id: &str, by: (&str, &str), changes: &[Value]) -> Value {
    json!({
        "id": id, "received_at": "2026-05-01T00:00:00Z",
        "target": { "system": "TheSystem", "object": "contact", "id": "TheRecord" },
        "operation": "merge", "changes": changes,
        "merge_with": [{ "system": "TheSystem", "object": "contact", "id": "OtherRecord" }],
        "assistant": { "vendor": by.0, "model": by.1, "version": "TheVersion" },
    })
}

/// The suggestion that is looked at.
fn probed() -> Value {
    let changes = [change("email", "EmailBefore", "EmailAfter"), change("jobtitle", "TitleBefore", "TitleAfter")];
    let mut given = suggestion("the-id", ("TheVendor", "TheModel"), &changes);
    given["confidence"] = 0.9.into();
    given["rationale"] = "TheRationale".into();
    given["evidence"] = json!([{
        "uri": "EvidenceUri", "kind": "EvidenceKind", "excerpt": "EvidenceExcerpt",
        "retrieved_at": "2026-01-02T03:04:05Z", "sha256": "EvidenceDigest",
    }]);
    given["context"] = json!({
        "fields": {
            "email": { "value": "EmailNow", "set_by": "SetByEmail" },
            "jobtitle": { "value": "TitleNow", "set_by": "SetByTitle" },
            "city": { "value": "CityNow", "set_by": "SetByCity" },
            "annualrevenue": { "value": ["RevenueNow"], "verified": true, "set_by": "SetByRevenue" },
        },
        "consents": [{ "purpose": "ConsentPurpose", "state": "ConsentState", "at": "2026-02-03T04:05:06Z" }],
        "regimes": ["TheRegime"],
        "segment": "TheSegment",
    });
    given
}

/// What each probe logged, with all probes in one set.
fn logs(validators: bool) -> Vec<String> {
    let program = Program::with_fresh_home();
    let catalogue = "[[object]]\nsystem = \"*\"\nobject = \"contact\"\n[object.fields]\n\
        email = { sensitivity = \"low\", tags = [\"probed\"] }\njobtitle = { sensitivity = \"low\", tags = [\"other\"] }\n";
    std::fs::write(program.home().join("catalogue.toml"), catalogue).unwrap();
    let mut set = "name = \"probes\"\nversion = \"1.0.0\"\n".to_owned();
    for (at, probe) in PROBES.iter().enumerate() {
        let file = format!("{}.wasm", name(at));
        program.write(&file, build(at, probe, validators));
        let list = if validators { "validator" } else { "policy" };
        writeln!(set, "[[{list}]]\nmodule = \"{file}\"\nlimits = {{ log = 65536 }}").unwrap();
    }
    let set = program.write("probes.toml", set);
    program.activate(&set);
    let evaluate = |now: &str, suggestion: &Value| {
        let run = program.run(&["evaluate", "-", "--now", now, "--format", "json"], suggestion.to_string());
        assert_eq!(run.code, Some(0), "{run:#?}");
        run.lines().swap_remove(0)
    };
    let old = [change("jobtitle", "OldTitleBefore", "OldTitleAfter")];
    evaluate("2025-12-24T00:00:00Z", &suggestion("old", ("OldVendor", "OldModel"), &old));
    let past =
        [change("phone", "PastPhoneBefore", "PastPhoneAfter"), change("jobtitle", "PastTitleBefore", "PastTitleAfter")];
    evaluate("2026-05-30T00:00:00Z", &suggestion("past", ("PastVendor", "PastModel"), &past));
    let decision = evaluate("2026-06-01T00:00:00Z", &probed());
    let runs = decision["modules"].as_array().unwrap();
    assert_eq!(runs.len(), PROBES.len());
    runs.iter()
        .map(|run| {
            assert_eq!(run["fault"], Value::Null, "{run:#}");
            run["log"].as_str().unwrap().to_owned()
        })
        .collect()
}

fn a_probe_is_given_what_it_declared_and_nothing_else(validators: bool) {
    for ((at, probe), log) in PROBES.iter().enumerate().zip(logs(validators)) {
        for told in ALWAYS {
            assert!(log.contains(told), "probe {at} is told {told}: {log}");
        }
        let given: BTreeSet<&str> = VALUES.iter().copied().filter(|value| log.contains(value)).collect();
        let declared: BTreeSet<&str> = probe.given.iter().copied().collect();
        assert_eq!(given, declared, "probe {at}: {log}");
    }
}

#[test]
fn a_policy_is_given_what_it_declared_and_nothing_else() {
    a_probe_is_given_what_it_declared_and_nothing_else(false);
}

#[test]
fn a_validator_is_given_what_it_declared_and_nothing_else() {
    a_probe_is_given_what_it_declared_and_nothing_else(true);
}

#[test]
fn every_value_is_asked_for_by_some_probe() {
    let asked: BTreeSet<&str> = PROBES.iter().flat_map(|probe| probe.given.iter().copied()).collect();
    let never: Vec<_> = VALUES.iter().filter(|value| !asked.contains(*value)).collect();
    // Of the time before the window, no probe that may see values asks for this one.
    assert_eq!(never, [&"OldTitleAfter"]);
}
