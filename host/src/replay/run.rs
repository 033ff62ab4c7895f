//! A history through a candidate, beside what it is compared with.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use super::count::Pair;
use super::counts::{Counts, Work};
use super::file::{FileHistory, LinePage, id_of, key};
use super::known::{Known, Memory};
use super::past::{Found, Past, Record, recorded};
use super::recheck::Recheck;
use super::report::{Baseline, Extent, History, Report, Run};
use super::selection::{Selection, share_of};
use super::{ReplayError, SetName};
use crate::ledger::{DecisionRow, EngineRef, Ledger};
use crate::model::{Catalogue, Decision, Digest, Facts, Line, Suggestion, parse_line};
use crate::pipeline::{LoadedSet, judge_by, stream};
use crate::reproduce::PastSets;
use crate::sandbox::Scratch;

/// How many wrong lines of an input are told.
const TOLD: usize = 20;

/// A replay: which sets, and how.
pub struct Replay<'a> {
    /// The set under test.
    pub candidate: &'a LoadedSet<'a>,
    /// What it is compared with; none: what is on record.
    pub baseline: Option<&'a LoadedSet<'a>>,
    /// Another catalogue for the candidate than that of each decision on record, or of the history's file.
    pub catalogue: Option<(&'a Catalogue, Digest)>,
    /// The engine that is here.
    pub engine: &'a EngineRef,
    /// Which part of the history.
    pub selection: Selection,
    /// Which shard, from 1, and of how many.
    pub shard: (u32, u32),
    /// Threads.
    pub jobs: usize,
    /// Whether every module is called, also where its answer is known.
    pub full: bool,
    /// Which share of the suggestions has its recorded answers computed again all the same, in millionths.
    pub recheck_ppm: u32,
    /// The most decisions of a ledger that are judged; if more are selected, there is no report.
    pub most: u64,
    /// Becomes true when the replay is to end early.
    pub stop: &'a AtomicBool,
}

/// How a history in a file is judged.
pub struct FileTerms<'a> {
    /// The catalogue of its fields.
    pub catalogue: &'a Catalogue,
    /// The time that everything is judged at; none: each suggestion when it came in.
    pub now: Option<String>,
}

/// What is made of a replay's decisions, by each thread on its own.
pub trait Gathers: Default + Send {
    /// Takes in a decision on record before its suggestion is judged again, and says whether that is needed.
    fn meet(&mut self, _at: u64, _suggestion: &Suggestion, _decision: &Decision) -> bool {
        true
    }

    /// Takes in one suggestion that was judged two times.
    fn pair(&mut self, pair: &Pair<'_>);

    /// Where the answers of modules came from.
    fn work(&mut self) -> &mut Work;

    /// Takes in a decision that cannot be replayed, and why.
    fn unusable(&mut self, _why: &'static str, _at: u64, _id: &str) {}

    /// Takes in a suggestion for which an answer on record came out otherwise.
    fn differs(&mut self, _at: u64, _id: &str) {}
}

/// What came of a replay.
pub struct Gathered<G> {
    /// Where the suggestions came from.
    pub history: History,
    /// Whether it went to its end.
    pub complete: bool,
    /// What the threads gathered, in no order.
    pub parts: Vec<G>,
}

/// What one thread keeps.
#[derive(Default)]
struct Worker<G> {
    scratch: Scratch,
    memory: Memory,
    gathered: G,
}

impl<'a> Replay<'a> {
    /// A set beside what is on record, all of it, where answers that are known are not computed again.
    #[must_use]
    pub fn beside_the_record(
        candidate: &'a LoadedSet<'a>,
        engine: &'a EngineRef,
        jobs: usize,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            candidate,
            baseline: None,
            catalogue: None,
            engine,
            selection: Selection::default(),
            shard: (1, 1),
            jobs,
            full: false,
            recheck_ppm: Recheck::default().0,
            most: u64::MAX,
            stop,
        }
    }

    /// Replays what a ledger had when this began. `progress` is told how many decisions are done.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub fn ledger<G: Gathers>(
        &self,
        ledger: &Ledger,
        past: &PastSets<'_>,
        progress: impl FnMut(u64),
    ) -> Result<Gathered<G>, ReplayError> {
        self.stretch(ledger, past, 0..ledger.count()?, progress)
    }

    /// Replays what a ledger has at some positions. `progress` is told how many decisions are done.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub fn stretch<G: Gathers>(
        &self,
        ledger: &Ledger,
        past: &PastSets<'_>,
        range: Range<u64>,
        mut progress: impl FnMut(u64),
    ) -> Result<Gathered<G>, ReplayError> {
        let events = range.end;
        let (shard, of) = self.shard;
        let log = *ledger.log_id();
        let pages =
            ledger.decision_pages(range, (shard.saturating_sub(1), of)).map(|page| page.map_err(ReplayError::from));
        let each = |worker: &mut Worker<G>, page: Vec<DecisionRow>| {
            let judged = page.iter().try_fold(0, |judged, row| {
                Ok::<u64, ReplayError>(judged + u64::from(self.row(worker, row, past, &log)?))
            })?;
            Ok((page.len() as u64, judged))
        };
        let (mut complete, mut judged) = (true, 0_u64);
        let workers = stream(self.jobs, pages, Worker::default, each, |done: Result<(u64, u64), ReplayError>| {
            let (rows, more) = done?;
            progress(rows);
            judged += more;
            if judged > self.most {
                return Err(ReplayError::TooMany(self.most));
            }
            complete = !self.stop.load(Ordering::Relaxed);
            Ok(if complete { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        let history = History::Ledger { log: hex::encode(log), events };
        Ok(Gathered { history, complete, parts: workers.into_iter().map(|worker| worker.gathered).collect() })
    }

    /// Replays what a file holds. `progress` is told how many lines are done.
    ///
    /// # Errors
    /// See [`ReplayError`]; one line that is no suggestion refuses the whole.
    pub fn file<G: Gathers>(
        &self,
        file: &FileHistory,
        terms: &FileTerms<'_>,
        mut progress: impl FnMut(u64),
    ) -> Result<Gathered<G>, ReplayError> {
        let refused = |error: std::io::Error| ReplayError::Input(error.to_string());
        // After the first mistake nothing is judged any more, but further ones are looked for.
        let refusing = AtomicBool::new(false);
        let each = |worker: &mut Worker<G>, page: LinePage| {
            let count = page.len() as u64;
            let (mut keys, mut wrong_lines) = (Vec::with_capacity(page.len()), Vec::new());
            for line in page {
                let read = line.and_then(|line| self.line(worker, &line, file, terms, &refusing));
                match read {
                    Ok(key) => keys.extend(key),
                    Err(mistake) => {
                        refusing.store(true, Ordering::Relaxed);
                        wrong_lines.push(mistake.to_string());
                    }
                }
            }
            (count, keys, wrong_lines)
        };
        let (mut complete, mut keys, mut wrong_lines) = (true, Vec::new(), Vec::new());
        let pages = file.pages().map_err(refused)?.map(|page| page.map_err(refused));
        let workers = stream(self.jobs, pages, Worker::default, each, |(count, more, wrong)| {
            progress(count);
            keys.extend(more);
            wrong_lines.extend(wrong);
            complete = !self.stop.load(Ordering::Relaxed);
            Ok(if complete && wrong_lines.len() < TOLD { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        if complete && wrong_lines.is_empty() {
            if keys.is_empty() {
                return Err(ReplayError::Input("the history is empty: it takes one JSON object a line".to_owned()));
            }
            wrong_lines = file.repeated(keys).map_err(refused)?;
            let (unknown, lines) = file.labels.unknown();
            if unknown > 0 {
                let lines = lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                wrong_lines.push(format!(
                    "{unknown} of the labels are for suggestions that the history does not have, in line {lines}"
                ));
            }
        }
        if !wrong_lines.is_empty() {
            return Err(ReplayError::Input(wrong_lines.join("\n")));
        }
        let labels = file.labels.digest().map(|digest| digest.to_string());
        let history = History::File { digest: file.digest().to_string(), labels };
        Ok(Gathered { history, complete, parts: workers.into_iter().map(|worker| worker.gathered).collect() })
    }

    /// The report of what was counted.
    #[must_use]
    pub fn report(&self, gathered: Gathered<Counts>) -> Report {
        let Gathered { history, complete, parts } = gathered;
        let mut counts = Counts::default();
        for part in parts {
            counts.add(part);
        }
        let reuses = !self.full && matches!(history, History::Ledger { .. });
        let run = Run {
            candidate: SetName::from(&self.candidate.set().set_ref),
            baseline: match self.baseline {
                Some(set) => Baseline::Set(SetName::from(&set.set().set_ref)),
                None => Baseline::Recorded,
            },
            history,
            selection: self.selection.words(),
            catalogue: self.catalogue.map(|(_, digest)| digest.to_string()),
            engine: format!("{} {}", self.engine.version, self.engine.config),
            recheck_ppm: reuses.then_some(self.recheck_ppm),
        };
        let (shard, of) = self.shard;
        Report::new(run, Extent { shard, of, complete }, counts)
    }

    /// One decision on record. Returns whether it is meant.
    fn row<G: Gathers>(
        &self,
        worker: &mut Worker<G>,
        row: &DecisionRow,
        past: &PastSets<'_>,
        log: &[u8],
    ) -> Result<bool, ReplayError> {
        let recheck = self.is_sampled(log, &row.suggestion_id);
        match recorded(row, recheck, &self.selection, past, self.engine)? {
            Found::NotMeant => return Ok(false),
            Found::Unusable(why) => worker.gathered.unusable(why, row.seq, &row.suggestion_id),
            Found::Past(past) => {
                if let Some(record) = &past.record
                    && worker.gathered.meet(past.at, &past.suggestion, &record.decision)
                {
                    self.judge(worker, &past, Some(record), &record.catalogue, recheck);
                }
            }
        }
        Ok(true)
    }

    /// One line of a file. Returns the key of its id; none of a line that is another shard's and is no suggestion.
    fn line<G: Gathers>(
        &self,
        worker: &mut Worker<G>,
        line: &Line,
        file: &FileHistory,
        terms: &FileTerms<'_>,
        refusing: &AtomicBool,
    ) -> Result<Option<u64>, crate::model::IntakeError> {
        let (shard, of) = self.shard;
        if line.number % u64::from(of.max(1)) != u64::from(shard % of.max(1)) {
            // Whether the line is right is for its own shard to say.
            let id = id_of(line);
            // A label for it is one that the history knows.
            let _ = id.as_ref().and_then(|id| file.labels.meet(id));
            return Ok(id.map(|id| key(&id)));
        }
        let suggestion = parse_line(line)?;
        let (key, truth) = (key(&suggestion.id), file.labels.meet(&suggestion.id));
        let meant = self.selection.has_time(&suggestion.received_at)
            && self.selection.has_part(&suggestion.id)
            && self.selection.has_suggestion(&suggestion);
        if meant && !refusing.load(Ordering::Relaxed) {
            let now = terms.now.clone().unwrap_or_else(|| suggestion.received_at.clone());
            let past = Past { at: line.number, suggestion, history: Vec::new(), now, truth, record: None };
            self.judge(worker, &past, None, terms.catalogue, false);
        }
        Ok(Some(key))
    }

    /// Judges one suggestion and counts what comes out.
    fn judge<G: Gathers>(
        &self,
        worker: &mut Worker<G>,
        past: &Past,
        record: Option<&Record>,
        catalogue: &Catalogue,
        recheck: bool,
    ) {
        let own = past.facts(catalogue);
        let others = self.catalogue.map(|(catalogue, _)| past.facts(catalogue));
        let given = others.as_ref().unwrap_or(&own);
        // An answer stands for another only where the module would be told the same.
        let same_facts = own.classes == given.classes;
        let usable = record.filter(|record| !self.full && record.same_engine);
        worker.memory.clear();
        let mut differs = false;
        let mut by =
            |worker: &mut Worker<G>, set: &LoadedSet<'_>, facts: &Facts<'_>, record: Option<&Record>| -> Decision {
                let mut known = Known {
                    scratch: &mut worker.scratch,
                    record,
                    memory: (!self.full && self.baseline.is_some() && same_facts).then_some(&mut worker.memory),
                    recheck,
                    work: worker.gathered.work(),
                    differs: false,
                };
                let decision = judge_by(&mut known, set, &past.suggestion, facts);
                differs |= known.differs;
                decision
            };
        let judged = self.baseline.map(|set| by(worker, set, &own, usable));
        let after = by(worker, self.candidate, given, usable.filter(|_| same_facts));
        let Some(before) = judged.as_ref().or(record.map(|record| &record.decision)) else { return };
        if record.is_none() && !self.selection.has_outcome(before.outcome.as_str()) {
            return;
        }
        if differs {
            worker.gathered.differs(past.at, &past.suggestion.id);
        }
        let same_engine = judged.is_some() || record.is_some_and(|record| record.same_engine);
        worker.gathered.pair(&Pair {
            at: past.at,
            suggestion: &past.suggestion,
            truth: past.truth,
            before,
            after: &after,
            same_engine,
        });
    }

    /// Whether a suggestion is among those that are checked: nobody can choose an id that is not, without knowing the
    /// ledger's identity, and every shard chooses the same.
    fn is_sampled(&self, log: &[u8], id: &str) -> bool {
        share_of(&[b"countersign.recheck.v1\n", log, id.as_bytes()]) < self.recheck_ppm
    }
}
