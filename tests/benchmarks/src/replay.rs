//! Replaying a ledger: only what changed against everything, everything against the pipeline alone, and against native
//! Rust.

use std::sync::atomic::AtomicBool;

use countersign::ledger::{Ledger, RecordedDecision};
use countersign::model::{Catalogue, Facts, PastChange, Suggestion};
use countersign::modules::{ReleasedModules, SetFile};
use countersign::pipeline::{LoadedSet, judge};
use countersign::replay::{Counts, Replay, Selection};
use countersign::reproduce::PastSets;
use countersign::runtime::{Deployment, Evaluator, GROUP, Home, init};
use countersign::sandbox::{Allocation, Sandbox, Scratch, Worker};

use crate::inputs;
use crate::pipeline::corpus;
use crate::rounds::{Measured, Variant, processor_time, wall_time};
use crate::table::heading;

/// How many suggestions of the corpus the history has.
const SUGGESTIONS: usize = 1_000;

/// The time that they are decided at.
const NOW: &str = "2026-06-01T00:00:00Z";

/// Below this gain of parsing alone, the machine has no second core to spare, and nothing can be told.
const QUIET: f64 = 1.5;

/// A deployment with a history.
struct Past {
    _folder: tempfile::TempDir,
    deployment: Deployment,
}

impl Past {
    fn record() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("home"));
        init(&home, Worker::InProcess, NOW, "bench", None).unwrap();
        let deployment = Deployment::open(home.clone(), Allocation::Pool(2), Worker::InProcess).unwrap();
        let set = LoadedSet::new(deployment.set_to_read(None).unwrap(), &deployment.sandbox);
        let mut ledger = Ledger::open(home.ledger()).unwrap();
        let evaluator = Evaluator { deployment: &deployment, set, canary: None, jobs: 1 };
        for group in inputs::parse(&corpus(SUGGESTIONS)).chunks(GROUP) {
            evaluator.record(&mut ledger, group.to_vec(), NOW, "bench").unwrap();
        }
        drop(evaluator);
        Self { _folder: folder, deployment }
    }

    fn reader(&self) -> Ledger {
        Ledger::open_read_only(self.deployment.home.ledger()).unwrap()
    }

    /// Replays everything with a candidate.
    fn replay(&self, candidate: &LoadedSet<'_>, past: &PastSets<'_>, ledger: &Ledger, full: bool, jobs: usize) {
        let replay = Replay {
            candidate,
            baseline: None,
            catalogue: None,
            engine: &self.deployment.engine,
            selection: Selection::default(),
            shard: (1, 1),
            jobs,
            full,
            recheck_ppm: 10_000,
            most: u64::MAX,
            stop: &AtomicBool::new(false),
        };
        let report = replay.report(replay.ledger::<Counts>(ledger, past, |_| {}).unwrap());
        assert_eq!(report.counts.all.suggestions(), SUGGESTIONS as u64);
        assert_eq!(report.counts.differing.count, 0);
        let called = report.counts.work.called;
        assert!(if full { called > 5 * SUGGESTIONS as u64 } else { called == SUGGESTIONS as u64 }, "{called} calls");
    }
}

/// The default set with another threshold: one module changed.
fn changed(sandbox: &Sandbox) -> LoadedSet<'_> {
    let text = include_str!("../../../host/defaults/sets/crm-default.toml");
    let text = text.replace("module = \"confidence@1\"", "module = \"confidence@1\"\nsettings = { threshold = 0.9 }");
    let file = SetFile::parse(&text, "crm-default.toml".as_ref()).unwrap();
    LoadedSet::new(file.resolve(&ReleasedModules, sandbox).unwrap().into(), sandbox)
}

/// All decisions on record, read and parsed.
fn parsed(ledger: &Ledger) -> impl Iterator<Item = RecordedDecision> {
    let rows = ledger.decision_pages(0..u64::MAX, (0, 1)).flat_map(|page| page.unwrap());
    rows.map(|row| RecordedDecision::read(&row.open(false).unwrap()).unwrap())
}

/// The changed rule as one would write it in Rust.
fn native(suggestion: &Suggestion) -> bool {
    let given = |confidence: Option<f64>| confidence.is_some_and(|given| given >= 0.9);
    suggestion.changes.iter().all(|change| given(change.confidence.or(suggestion.confidence)))
}

pub fn table() {
    let past = Past::record();
    let (ledger, sandbox) = (past.reader(), &past.deployment.sandbox);
    let cited = PastSets::new(past.reader(), sandbox);
    let candidate = changed(sandbox);
    candidate.load_all().unwrap();
    let ready: Vec<(Suggestion, Vec<PastChange>, String)> =
        parsed(&ledger).map(|one| (one.suggestion, one.history, one.decided_at)).collect();
    let catalogue = &past.deployment.catalogue;
    let mut scratch = Scratch::default();
    let measured = processor_time(vec![
        Variant::new("one changed module", || past.replay(&candidate, &cited, &ledger, false, 1)),
        Variant::new("everything (`--full`)", || past.replay(&candidate, &cited, &ledger, true, 1)),
        Variant::new("the pipeline alone, on parsed suggestions", || {
            judge_all(&candidate, &mut scratch, &ready, catalogue);
        }),
        Variant::new("parsing the history, and the changed rule as native Rust", || {
            let applied = parsed(&ledger).filter(|one| native(&one.suggestion)).count();
            assert!(applied > 0);
        }),
    ]);
    print(&measured);
    threads(&past, &candidate, &cited, &ledger);
}

fn judge_all(
    set: &LoadedSet<'_>,
    scratch: &mut Scratch,
    ready: &[(Suggestion, Vec<PastChange>, String)],
    catalogue: &Catalogue,
) {
    for (suggestion, history, now) in ready {
        let facts = Facts::of(suggestion, catalogue, now.clone(), history.clone());
        assert_eq!(judge(set, scratch, suggestion, &facts).id, suggestion.id);
    }
}

fn print(measured: &[Measured]) {
    heading("Replaying a ledger, one suggestion");
    println!("| what | median µs |\n| --- | ---: |");
    for variant in measured {
        println!("| {} | {:.1} |", variant.name, variant.median() / 1_000.0 / SUGGESTIONS as f64);
    }
    let [reused, full, pipeline, native] = measured else { unreachable!() };
    let missed = |kept: bool| if kept { "" } else { " **missed**" };
    let faster = full.ratio_to(reused);
    let above = full.ratio_to(pipeline);
    let rate = native.ratio_to(reused);
    println!(
        "\n- One changed module is {faster:.1} times as fast as everything; promised: ≥ 6{}.",
        missed(faster >= 6.0)
    );
    println!("- Everything costs {above:.2} of the pipeline alone; promised: ≤ 1.15{}.", missed(above <= 1.15));
    println!(
        "- One changed module has {rate:.2} of the rate of native Rust; promised: ≥ 0.33{}.\n",
        missed(rate >= 0.33)
    );
}

/// What a second thread gains, beside what it gains for parsing alone.
fn threads(past: &Past, candidate: &LoadedSet<'_>, cited: &PastSets<'_>, ledger: &Ledger) {
    let text = corpus(SUGGESTIONS);
    let parse = || assert_eq!(inputs::parse(&text).len(), SUGGESTIONS);
    let both = || {
        std::thread::scope(|scope| {
            scope.spawn(parse);
            parse();
        });
    };
    let measured = wall_time(vec![
        Variant::new("replaying, 1 thread", || past.replay(candidate, cited, ledger, true, 1)),
        Variant::new("replaying, 2 threads", || past.replay(candidate, cited, ledger, true, 2)),
        Variant::new("parsing, 1 thread", parse),
        Variant::new("parsing, 2 threads", both),
    ]);
    let (replaying, parsing) = (measured[0].ratio_to(&measured[1]), 2.0 * measured[2].ratio_to(&measured[3]));
    let share = replaying / parsing;
    if parsing < QUIET {
        println!("The machine is busy: parsing alone gains {parsing:.2}, so nothing can be told of threads.\n");
    } else {
        let verdict = if share >= 0.9 { "" } else { " **missed**" };
        println!(
            "A second thread gains {replaying:.2}, and for parsing alone {parsing:.2}: {share:.2} of it; promised: ≥ 0.9{verdict}.\n"
        );
    }
}
