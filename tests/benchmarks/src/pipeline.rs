//! The default set over the corpus: ours against the naive form.

use std::io::Read;
use std::sync::Arc;

use countersign::model::{Catalogue, ModuleKind, Outcome, Suggestion};
use countersign::modules::{PolicySet, ReleasedModules, SetFile};
use countersign::pipeline::{LoadedSet, judge};
use countersign::sandbox::{Sandbox, Scratch};
use wasmtime::{Engine, Store};

use crate::inputs;
use crate::ordinary::{self, State, wit};
use crate::rounds::{Variant, processor_time};
use crate::table::{Promise, against};

/// How many suggestions of the corpus one round judges.
const SUGGESTIONS: usize = 1_000;

/// The set that a new deployment starts with.
pub fn default_set(sandbox: &Sandbox) -> Arc<PolicySet> {
    let text = include_str!("../../../host/defaults/sets/crm-default.toml");
    let file = SetFile::parse(text, "crm-default.toml".as_ref()).unwrap();
    Arc::new(file.resolve(&ReleasedModules, sandbox).unwrap())
}

/// The first lines of the corpus.
pub fn corpus(lines: usize) -> String {
    let packed = include_bytes!("../../corpus/suggestions.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    text.lines().take(lines).collect::<Vec<_>>().join("\n")
}

/// What a naive host does with a set: the on-demand allocator, every module called for every suggestion with
/// everything handed over, settings taken at each call.
struct Naive {
    engine: Engine,
    modules: Vec<(NaiveModule, String)>,
}

enum NaiveModule {
    Validator(ordinary::validator::ValidatorPre<State>),
    Policy(ordinary::policy::PolicyPre<State>),
}

impl Naive {
    fn load(set: &PolicySet) -> Self {
        let engine = ordinary::on_demand();
        let modules = set.modules.iter().map(|module| {
            let pre = match module.locked.kind {
                ModuleKind::Validator => NaiveModule::Validator(ordinary::load_validator(&engine, &module.component)),
                ModuleKind::Policy => NaiveModule::Policy(ordinary::load_policy(&engine, &module.component)),
            };
            (pre, module.settings.clone())
        });
        Self { modules: modules.collect(), engine }
    }

    fn judge(&self, suggestion: &Suggestion, catalogue: &Catalogue) -> wit::Outcome {
        let known = ordinary::facts(suggestion, &inputs::facts(suggestion, catalogue));
        let given = ordinary::suggestion(suggestion);
        let mut findings = Vec::new();
        let mut outcome = wit::Outcome::Apply;
        for (module, settings) in &self.modules {
            let mut store = Store::new(&self.engine, State::default());
            match module {
                NaiveModule::Validator(pre) => {
                    let module = pre.instantiate(&mut store).unwrap();
                    module.call_configure(&mut store, settings).unwrap().unwrap();
                    findings.extend(module.call_validate(&mut store, &given, &known).unwrap().unwrap());
                }
                NaiveModule::Policy(pre) => {
                    let module = pre.instantiate(&mut store).unwrap();
                    module.call_configure(&mut store, settings).unwrap().unwrap();
                    let verdict = module.call_decide(&mut store, &given, &known, &findings).unwrap().unwrap();
                    if verdict.outcome as u8 > outcome as u8 {
                        outcome = verdict.outcome;
                    }
                }
            }
        }
        outcome
    }
}

pub fn table() {
    let catalogue = inputs::catalogue();
    let suggestions = inputs::parse(&corpus(SUGGESTIONS));
    let sandbox = inputs::sandbox(1);
    let set = default_set(&sandbox);
    let naive = Naive::load(&set);
    let ours = LoadedSet::new(set, &sandbox);
    ours.load_all().unwrap();

    let mut scratch = Scratch::default();
    let mut outcomes = [0_usize; 4];
    let mut calls = 0;
    for suggestion in &suggestions {
        let decision = judge(&ours, &mut scratch, suggestion, &inputs::facts(suggestion, &catalogue));
        calls += decision.modules.iter().filter(|run| run.called).count();
        outcomes[decision.outcome as usize] += 1;
        assert_eq!(decision.outcome as u8, naive.judge(suggestion, &catalogue) as u8, "{}", suggestion.id);
    }

    let mut for_ours = suggestions.iter().cycle();
    let mut for_naive = suggestions.iter().cycle();
    let measured = processor_time(vec![
        Variant::new("ours", || {
            let suggestion = for_ours.next().unwrap();
            let decision = judge(&ours, &mut scratch, suggestion, &inputs::facts(suggestion, &catalogue));
            assert!(decision.outcome <= Outcome::Reject);
        }),
        Variant::new("naive: on-demand allocator, all modules, all data, settings at each call", || {
            naive.judge(for_naive.next().unwrap(), &catalogue);
        }),
    ]);
    against(
        "The default set over the corpus, one suggestion",
        "form",
        &measured,
        &[Promise { yardstick: &measured[1].name, at_most: 0.1 }],
    );
    println!(
        "{} suggestions with equal outcomes ({} apply, {} review, {} human-only, {} reject); of {} modules, {:.1} are \
         called for one suggestion.\n",
        suggestions.len(),
        outcomes[0],
        outcomes[1],
        outcomes[2],
        outcomes[3],
        ours.set().modules.len(),
        calls as f64 / suggestions.len() as f64
    );
}
