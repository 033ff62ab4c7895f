//! Reports for tests.

use std::sync::LazyLock;

use crate::model::Outcome::{Apply, HumanOnly, Reject, Review};
use crate::model::{Digest, Outcome, Truth};
use crate::replay::{
    Baseline, Cause, CauseReason, Checked, Counts, Dimension, Example, Extent, History, Report, Run, SetName,
};

/// Names as an attacker would write them.
pub const HOSTILE: [&str; 10] = [
    "<script>alert(1)</script>",
    "a|b",
    "`code` ```",
    "line\n\n# heading",
    "]]> --> &amp; <![CDATA[",
    "nul\0esc\u{1b}[31m\u{202e}",
    "@octocat closes #1 https://evil.example",
    "\"><img src=x onerror=alert(1)>",
    "\\| \\` ** __ [x](javascript:1)",
    "",
];

/// A run of one set against another.
pub fn run() -> Run {
    let set = |version: &str| SetName {
        name: "contacts-eu".to_owned(),
        version: version.to_owned(),
        digest: Digest::of(version.as_bytes()).to_string(),
    };
    Run {
        candidate: set("1.5.0-rc.1"),
        baseline: Baseline::Set(set("1.4.2")),
        history: History::Ledger { log: "9f3c5a7be01244d1".to_owned(), events: 23_480 },
        selection: vec!["object=contact".to_owned(), "since=2026-05-01".to_owned()],
        catalogue: None,
        engine: "countersign 0.1.0 (wasmtime 48.0.8, 5be01a93)".to_owned(),
        recheck_ppm: Some(10_000),
    }
}

/// A whole run of nothing.
pub fn empty() -> Report {
    Report::new(run(), Extent { shard: 1, of: 1, complete: true }, Counts::default())
}

/// A cause with one reason.
pub fn cause(before: Outcome, after: Outcome, module: &str, code: &str, field: Option<&str>) -> Cause {
    let reason =
        CauseReason { module: module.to_owned(), code: format!("{module}.{code}"), field: field.map(str::to_owned) };
    Cause { before, after, reasons: vec![reason] }
}

/// Counts some suggestions alike.
fn many(counts: &mut Counts, times: u64, cause: &Cause, truth: Option<Truth>, names: [&str; 3]) {
    for _ in 0..times {
        let at = counts.all.suggestions() + 1;
        let id = format!("sug-{at:05}");
        counts.all.count(cause.before, cause.after, truth);
        let dimensions = [Dimension::Field, Dimension::Segment, Dimension::Assistant];
        let fixed = [(Dimension::Operation, "update"), (Dimension::Object, "contact")];
        for (dimension, name) in dimensions.into_iter().zip(names).chain(fixed) {
            let slices = counts.by.entry(dimension).or_default();
            slices.entry(name.to_owned()).or_default().count(cause.before, cause.after, truth);
        }
        if cause.before != cause.after {
            let members = counts.groups.entry(cause.clone()).or_default();
            members.suggestions.count(at, &id);
            members.right += u64::from(truth == Some(Truth::Approve));
            members.wrong += u64::from(truth == Some(Truth::Reject));
            if truth == Some(Truth::Reject) && cause.after == Apply {
                counts.applied_though_wrong.push(Example { at, id });
            }
        }
    }
}

/// A typical run; `truth` says whether people know anything.
fn typical(truth: bool) -> Report {
    let mut counts = Counts::default();
    let (right, wrong) = (truth.then_some(Truth::Approve), truth.then_some(Truth::Reject));
    let below = cause(Review, Apply, "confidence", "below-threshold", Some("email"));
    let stale = cause(Apply, Review, "freshness", "stale", Some("phone"));
    let domain = cause(HumanOnly, Review, "email-domain", "free-mail", Some("email"));
    let merge = cause(HumanOnly, Reject, "duplicates", "merge-target-gone", None);
    let owner = cause(Reject, Apply, "ownership", "not-the-owner", Some("owner"));
    let (same, asked) = (cause(Apply, Apply, "x", "x", None), cause(Review, Review, "x", "x", None));
    let (human, refused) = (cause(HumanOnly, HumanOnly, "x", "x", None), cause(Reject, Reject, "x", "x", None));
    let (email, phone) = (["email", "enterprise", "mailbot"], ["phone", "mid-market", "voicebot"]);
    for (times, cause, truth, names) in [
        (4200, &same, None, ["email", "mid-market", "mailbot"]),
        (900, &same, right, ["title", "enterprise", "mailbot"]),
        (60, &same, wrong, ["title", "enterprise", "voicebot"]),
        (300, &same, right, ["phone", "small", "voicebot"]),
        (21, &same, wrong, ["phone", "small", "mailbot"]),
        (2100, &asked, None, ["address", "mid-market", "mailbot"]),
        (310, &asked, right, email),
        (120, &asked, wrong, phone),
        (400, &human, None, ["owner", "enterprise", "mailbot"]),
        (210, &refused, wrong, ["owner", "small", "voicebot"]),
        (8, &refused, right, ["owner", "small", "voicebot"]),
        (640, &below, None, email),
        (260, &below, right, email),
        (14, &below, wrong, ["email", "small", "mailbot"]),
        (95, &stale, right, phone),
        (31, &stale, wrong, phone),
        (44, &domain, None, email),
        (12, &merge, wrong, ["owner", "enterprise", "voicebot"]),
        (2, &owner, wrong, ["owner", "enterprise", "voicebot"]),
    ] {
        many(&mut counts, times, cause, truth, names);
    }
    counts.other_reasons.count(4, "sug-00004");
    for at in 0..37 {
        counts
            .not_replayable
            .entry("the record's text has been erased".to_owned())
            .or_default()
            .count(at, &format!("old-{at}"));
    }
    let faults = counts.faults.entry("duplicates: fuel".to_owned()).or_default();
    faults.new.count(812, "sug-00812");
    faults.new.count(913, "sug-00913");
    faults.kept.count(11, "sug-00011");
    for call in 0..3000_u64 {
        let spread = call * call % 977;
        let fuel = |counts: &mut Counts, module: &str, before: u64, after: u64| {
            let fuel = counts.fuel.entry(module.to_owned()).or_default();
            (before > 0).then(|| fuel.before.count(before));
            (after > 0).then(|| fuel.after.count(after));
        };
        fuel(&mut counts, "confidence", 41_000 + spread * 9, 41_000 + spread * 9);
        fuel(&mut counts, "duplicates", 900_000 + spread * spread, 1_400_000 + spread * spread * 3);
        fuel(&mut counts, "ownership", 0, 12_000 + spread * 20);
    }
    counts.work.called = 1_204;
    counts.work.reused = 27_331;
    counts.work.remembered = 620;
    counts.work.rechecked = 273;
    Report::new(run(), Extent { shard: 1, of: 1, complete: true }, counts)
}

/// A typical run with truth.
pub fn report() -> Report {
    typical(true)
}

/// The same, but people have said nothing.
pub fn no_truth() -> Report {
    typical(false)
}

/// What a budget says.
pub fn checked() -> Vec<Checked> {
    [
        ("automation-rate", "at least 0.5", "0.6488", false),
        ("false-apply-rate of field email", "at most 0.02 above the baseline", "0.0511 after 0", true),
        ("changed-rate", "at most 0.2", "0.1131", false),
        ("applied-though-wrong", "at most 0", "16", true),
    ]
    .map(|(figure, limit, found, exceeded)| Checked {
        figure: figure.to_owned(),
        limit: limit.to_owned(),
        found: found.to_owned(),
        exceeded,
    })
    .into()
}

/// Hostile names wherever names can be, and many of them.
pub fn hostile() -> (Report, Vec<Checked>) {
    static BUILT: LazyLock<(Report, Vec<Checked>)> = LazyLock::new(|| everywhere(&HOSTILE));
    BUILT.clone()
}

/// Some names wherever names can be, and many of them.
pub fn everywhere(all: &[&str]) -> (Report, Vec<Checked>) {
    let mut report = report();
    let counts = &mut report.counts;
    let names = (0..10_000)
        .map(|number| format!("{}{number}", all[number % all.len()]))
        .chain(all.iter().map(ToString::to_string));
    for (number, name) in names.enumerate() {
        let mut cause = cause(Review, Apply, &name, &name, Some(&name));
        let more = CauseReason { module: name.clone(), code: "z".repeat(500), field: Some(name.clone()) };
        cause.reasons.resize(if number % 3 == 0 { 9 } else { 1 }, more);
        many(counts, 3, &cause, Some(Truth::Reject), [&name; 3]);
        for example in &mut counts.groups.entry(cause).or_default().suggestions.examples {
            example.id.clone_from(&name);
        }
        for (dimension, truth) in [(Dimension::Operation, None), (Dimension::Object, Some(Truth::Approve))] {
            let slices = counts.by.entry(dimension).or_default();
            slices.entry(name.clone()).or_default().count(Apply, HumanOnly, truth);
        }
        if number % 50 == 0 {
            counts.faults.entry(name.clone()).or_default().new.count(1, &name);
            counts.not_replayable.entry(name.clone()).or_default().count(1, &name);
            counts.fuel.entry(name.clone()).or_default().after.count(u64::MAX);
        }
    }
    for example in &mut counts.applied_though_wrong {
        example.id = format!("{}{}", all.concat(), example.id);
    }
    counts.differing.count(3, &all.concat());
    report.run.candidate.name = all.concat();
    report.run.candidate.digest = all.concat();
    report.run.selection = all.iter().map(ToString::to_string).collect();
    report.run.engine = all.concat();
    report.run.catalogue = Some(all.concat());
    report.extent = Extent { shard: 2, of: 4, complete: false };
    let limit = |name: &str| Checked {
        figure: format!("changed of field {name}"),
        limit: "at most 0".to_owned(),
        found: name.to_owned(),
        exceeded: true,
    };
    let checked = all.iter().cycle().take(300).map(|name| limit(name)).collect();
    (Report::new(report.run, report.extent, report.counts), checked)
}
