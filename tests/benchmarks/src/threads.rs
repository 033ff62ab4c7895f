//! What a second thread gains: the default set over the corpus, against parsing alone.

use std::thread;

use countersign::model::{Catalogue, Suggestion};
use countersign::pipeline::{LoadedSet, judge};
use countersign::sandbox::Scratch;

use crate::inputs;
use crate::pipeline::{corpus, default_set};
use crate::rounds::{Variant, wall_time};
use crate::table::heading;

/// How many suggestions each thread has in one run.
const SUGGESTIONS: usize = 500;

/// Below this gain of parsing alone, the machine has no second core to spare, and nothing can be told.
const QUIET: f64 = 1.5;

pub fn table() {
    let catalogue = inputs::catalogue();
    let text = corpus(SUGGESTIONS);
    let suggestions = inputs::parse(&text);
    let sandbox = inputs::sandbox(2);
    let set = LoadedSet::new(default_set(&sandbox), &sandbox);
    set.load_all().unwrap();
    let judged = || judge_all(&set, &suggestions, &catalogue);
    let parsed = || assert_eq!(inputs::parse(&text).len(), SUGGESTIONS);
    let measured = wall_time(vec![
        Variant::new("judging, 1 thread", judged),
        Variant::new("judging, 2 threads", || both(&judged)),
        Variant::new("parsing, 1 thread", parsed),
        Variant::new("parsing, 2 threads", || both(&parsed)),
    ]);
    // Two threads do twice the work of one.
    let gain = |one: usize, two: usize| 2.0 * measured[one].ratio_to(&measured[two]);
    let (judging, parsing) = (gain(0, 1), gain(2, 3));
    heading("A second thread");
    println!("| work | gain of the second thread |\n| --- | ---: |");
    println!("| the default set over the corpus | {judging:.2} |\n| parsing alone | {parsing:.2} |\n");
    let share = judging / parsing;
    if parsing < QUIET {
        println!("The machine is busy: parsing alone gains {parsing:.2}, so nothing can be told.\n");
    } else {
        let verdict = if share >= 0.9 { "" } else { " **missed**" };
        println!("Judging gains {share:.2} of what parsing gains; promised: ≥ 0.9{verdict}.\n");
    }
}

fn judge_all(set: &LoadedSet<'_>, suggestions: &[Suggestion], catalogue: &Catalogue) {
    let mut scratch = Scratch::default();
    for suggestion in suggestions {
        let decision = judge(set, &mut scratch, suggestion, &inputs::facts(suggestion, catalogue));
        assert_eq!(decision.id, suggestion.id);
    }
}

/// The work twice, at the same time.
fn both(work: &(impl Fn() + Sync)) {
    thread::scope(|scope| {
        let other = scope.spawn(work);
        work();
        other.join().unwrap();
    });
}
