//! Decisions into the ledger, against a bare `SQLite` table that takes the same bytes.

use std::path::Path;

use countersign::ledger::{Basis, EngineRef, Ledger, ObjectKind, Packing, Prepared, decision_event};
use countersign::model::{Decision, Digest, Suggestion};
use countersign::pipeline::{LoadedSet, judge};
use countersign::sandbox::Scratch;
use rusqlite::{Connection, params};

use crate::inputs;
use crate::pipeline::{corpus, default_set};
use crate::rounds::{Variant, wall_time};
use crate::table::heading;

/// How many decisions are recorded with one sync.
const GROUP: usize = 256;

/// How many groups are recorded in one go: enough for the log to be copied into the file at least once, which whoever records waits
/// for as well.
const STRETCH: usize = 8;

/// Decisions ready to be recorded, under ever new ids.
pub struct Source {
    judged: Vec<(Suggestion, Decision)>,
    catalogue: Digest,
    engine: EngineRef,
    next: u64,
}

impl Source {
    pub fn group(&mut self) -> Vec<Prepared> {
        (0..GROUP).map(|_| self.prepared()).collect()
    }

    /// As the threads prepare them that judge: packed with the ledger's dictionaries.
    fn packed(&mut self, packing: &Packing) -> Vec<Prepared> {
        self.group().into_iter().map(|prepared| prepared.pack(packing)).collect()
    }

    fn prepared(&mut self) -> Prepared {
        let number = self.next;
        self.next += 1;
        let (suggestion, decision) = &self.judged[number as usize % self.judged.len()];
        let (mut suggestion, mut decision) = (suggestion.clone(), decision.clone());
        // Ids as they come from outside: as long as a UUID, and in no order.
        format!("{:x}", Digest::of(&number.to_le_bytes()))[..32].clone_into(&mut suggestion.id);
        decision.id.clone_from(&suggestion.id);
        let input = Digest::of(suggestion.id.as_bytes());
        let basis = Basis { suggestion: &suggestion, history: &[], catalogue: self.catalogue, engine: &self.engine };
        let at = inputs::NOW.to_owned();
        let event = decision_event(&decision, &basis, input, at, "bench", *input.as_bytes()).unwrap();
        event.prepare().unwrap()
    }
}

/// One table that takes the same bytes: the entry, the values, and the id that a decision is found by.
struct Bare(Connection);

impl Bare {
    fn create(path: &Path, pragmas: &str) -> Self {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch(pragmas).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE row (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, entry TEXT NOT NULL, opened TEXT NOT NULL)",
            )
            .unwrap();
        Self(connection)
    }

    fn append(&mut self, group: &[(String, String, String)]) {
        let transaction = self.0.transaction().unwrap();
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO row (id, entry, opened) VALUES (?1, ?2, ?3)").unwrap();
            for (id, entry, opened) in group {
                insert.execute(params![id, entry, opened]).unwrap();
            }
        }
        transaction.commit().unwrap();
    }
}

/// What a group is in bytes: id, entry, opened values.
fn bytes(group: &[Prepared]) -> Vec<(String, String, String)> {
    let row = |prepared: &Prepared| {
        let id = format!("{:x}", prepared.leaf());
        (id, prepared.entry().to_owned(), prepared.stored_values().to_owned())
    };
    group.iter().map(row).collect()
}

const DEFAULTS: &str = "";
const SAME: &str = "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 2048;";

pub fn table() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(folder.path().join("ledger.db")).unwrap();
    let sources: Vec<Source> = (0..3).map(|variant| source(&mut ledger, variant << 40)).collect();
    let [mut ours, mut for_same, mut for_defaults] = <[Source; 3]>::try_from(sources).ok().unwrap();
    let mut same = Bare::create(&folder.path().join("same.db"), SAME);
    let mut defaults = Bare::create(&folder.path().join("defaults.db"), DEFAULTS);

    // Dictionaries are trained as the ledger grows; then it grows long until the next ones.
    for _ in 0..20 {
        ledger.append(&ours.group()).unwrap();
    }
    let packing = ledger.packing();
    // Groups are made before the clock starts: what is measured is recording them.
    let mut groups: Vec<_> = (0..ROOM).map(|_| ours.packed(&packing)).collect();
    let mut same_groups: Vec<_> = (0..ROOM).map(|_| bytes(&for_same.group())).collect();
    let mut default_groups: Vec<_> = (0..ROOM).map(|_| bytes(&for_defaults.group())).collect();
    let measured = wall_time(vec![
        Variant::new("ours: tree, commitments, indexes", || {
            for group in take(&mut groups) {
                ledger.append(&group).unwrap();
            }
        }),
        Variant::new("one bare table, same settings", || take(&mut same_groups).for_each(|group| same.append(&group))),
        Variant::new("one bare table, SQLite's defaults", || {
            take(&mut default_groups).for_each(|group| defaults.append(&group));
        }),
    ]);
    heading("Recording decisions, 256 with one sync");
    println!("| store | µs a decision, median | rate, of ours to this | promised |\n| --- | ---: | ---: | ---: |");
    for variant in &measured {
        let rate = 1.0 / measured[0].ratio_to(variant);
        let micros = variant.median() / 1_000.0 / (GROUP * STRETCH) as f64;
        let promised = match (variant.name.contains("same"), rate >= 0.6) {
            (false, _) => "",
            (true, true) => "≥ 0.6",
            (true, false) => "≥ 0.6 **missed**",
        };
        println!("| {} | {micros:.1} | {rate:.2} | {promised} |", variant.name);
    }
    println!();
}

/// Groups made for each variant: more than its rounds take.
const ROOM: usize = 24 * STRETCH;

/// The next groups.
fn take<G>(groups: &mut Vec<G>) -> impl Iterator<Item = G> {
    assert!(groups.len() >= STRETCH, "enough groups");
    groups.drain(..STRETCH)
}

pub fn source(ledger: &mut Ledger, first: u64) -> Source {
    let sandbox = inputs::sandbox(1);
    let set = default_set(&sandbox);
    let lock = set.lock.canonical().unwrap();
    ledger.put_object(ObjectKind::SetLock, lock.as_bytes()).unwrap();
    let catalogue = ledger.put_object(ObjectKind::Catalogue, b"catalogue").unwrap();
    let set = LoadedSet::new(set, &sandbox);
    let fields = inputs::catalogue();
    let mut scratch = Scratch::default();
    let judged = inputs::parse(&corpus(GROUP)).into_iter().map(|suggestion| {
        let decision = judge(&set, &mut scratch, &suggestion, &inputs::facts(&suggestion, &fields));
        (suggestion, decision)
    });
    let engine = EngineRef { version: "bench".to_owned(), config: "bench".to_owned() };
    Source { judged: judged.collect(), catalogue, engine, next: first }
}
