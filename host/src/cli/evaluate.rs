//! `countersign evaluate`.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use anstream::{eprintln, println};
use anyhow::{Context, bail};
use clap::{ArgGroup, Args};
use indicatif::{ProgressBar, ProgressStyle};

use super::exit::Done;
use super::text::{count, one_line, outcomes_table};
use super::{Format, Global, open};
use crate::ledger::Ledger;
use crate::model::{IntakeError, Operation, Outcome, Suggestion, parse_line, read_lines};
use crate::pipeline::LoadedSet;
use crate::runtime::{Answered, Asked, Evaluator, GROUP, Precheck, precheck};

/// Above this many decisions, the text output is a table alone.
const LISTED: u64 = 20;

/// An input up to this size, in bytes, holds a handful of suggestions.
const FEW_BYTES: u64 = 32 << 10;

/// What to decide, and how.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("mode").args(["record", "dry_run"])))]
pub(super) struct EvaluateArgs {
    /// Suggestions, one JSON object a line (`countersign schema suggestion`); `-` reads standard input.
    file: String,
    /// Record the decisions; this is the default.
    #[arg(long)]
    record: bool,
    /// Decide and record nothing. Each suggestion is judged against the ledger as it stands.
    #[arg(long)]
    dry_run: bool,
    /// The set: its name, or a file that ends in .toml; the active one if none is named.
    #[arg(long, value_name = "SET")]
    set: Option<String>,
    /// Threads that judge; all cores if not given. The decisions are the same for any number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// Decide the good lines of a file with bad ones, say each bad one, and exit 3 at the end.
    #[arg(long)]
    keep_going: bool,
    /// Judge as of this time (RFC 3339): the modules' only clock. The ledger also keeps when it really was.
    #[arg(long, value_name = "TIME")]
    now: Option<jiff::Timestamp>,
}

pub(super) fn evaluate(global: &Global, args: &EvaluateArgs) -> anyhow::Result<Done> {
    let mut input = open_input(&args.file)?;
    let jobs = args.jobs.map_or_else(cores, usize::from);
    let home = open::home(global);
    let few = input.get_ref().metadata()?.len() <= FEW_BYTES;
    let deployment = if few { open::deployment_for_few(home.clone())? } else { open::deployment(home.clone(), jobs)? };
    let set = deployment.set(args.set.as_deref())?;
    let mut ledger = if args.dry_run { None } else { Some(open::ledger(&home)?) };
    let past = if args.dry_run { open::ledger_to_read(&home).ok() } else { None };

    let check = check(&mut input, ledger.as_ref())?;
    if check.suggestions == 0 && check.mistaken == 0 {
        bail!("{} holds no suggestion; it takes one JSON object a line", shown(&args.file));
    }
    if check.mistaken > 0 && !args.keep_going {
        say_mistakes(&check);
        bail!(
            "{} was refused whole: nothing was decided; mend these lines, or decide the others with --keep-going",
            shown(&args.file)
        );
    }
    let loaded = LoadedSet::new(set, &deployment.sandbox);
    if let Err((module, fault)) = loaded.load_all() {
        bail!("the module `{module}` of the set {} cannot be used: {fault}", loaded.set().lock.name);
    }
    if let Some(ledger) = &mut ledger {
        deployment.keep(ledger, loaded.set(), &jiff::Timestamp::now().to_string(), open::ACTOR)?;
    }
    let evaluator = Evaluator { deployment: &deployment, set: loaded, jobs };
    let mut run = Run {
        args,
        report: Report::new(global.format, check.suggestions),
        check,
        evaluator,
        ledger,
        past,
        mistaken: 0,
    };
    run.all(input)?;
    let mistaken = run.mistaken;
    run.report.finish(args.dry_run)?;
    if mistaken > 0 {
        eprintln!("{} could not be decided; see above", count(mistaken, "line"));
        return Ok(Done::BadInput);
    }
    Ok(Done::Yes)
}

/// The input as people call it.
fn shown(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}

/// All cores of this machine.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(64)
}

/// The input as something that can be read twice: what comes through a pipe is put aside first.
fn open_input(name: &str) -> anyhow::Result<BufReader<File>> {
    let file = if name == "-" {
        let mut aside = tempfile::tempfile().context("standard input cannot be put aside")?;
        io::copy(&mut io::stdin().lock(), &mut aside).context("standard input cannot be read")?;
        aside.rewind()?;
        aside
    } else {
        let file = File::open(Path::new(name)).with_context(|| format!("cannot read {name}"))?;
        if file.metadata()?.is_file() {
            file
        } else {
            let mut aside = tempfile::tempfile()?;
            io::copy(&mut BufReader::new(file), &mut aside).with_context(|| format!("cannot read {name}"))?;
            aside.rewind()?;
            aside
        }
    };
    Ok(BufReader::with_capacity(1 << 16, file))
}

fn check(input: &mut BufReader<File>, ledger: Option<&Ledger>) -> anyhow::Result<Precheck> {
    let mut check = precheck(&mut *input, ledger)??;
    input.seek(SeekFrom::Start(0))?;
    if !check.repeated.is_empty() {
        check.compare_repeated(&mut *input)?;
        input.seek(SeekFrom::Start(0))?;
    }
    Ok(check)
}

fn say_mistakes(check: &Precheck) {
    for mistake in &check.mistakes {
        eprintln!("{mistake}");
    }
    let more = check.mistaken.saturating_sub(check.mistakes.len() as u64);
    if more > 0 {
        eprintln!("… and {more} more");
    }
}

/// One run over an input.
struct Run<'a> {
    args: &'a EvaluateArgs,
    check: Precheck,
    evaluator: Evaluator<'a>,
    ledger: Option<Ledger>,
    past: Option<Ledger>,
    report: Report,
    mistaken: u64,
}

impl Run<'_> {
    fn all(&mut self, input: impl BufRead) -> anyhow::Result<()> {
        let mut group: Vec<Suggestion> = Vec::new();
        let mut ids: HashSet<String> = HashSet::new();
        for line in read_lines(input) {
            let suggestion = match line?.and_then(|line| parse_line(&line).map(|read| (line.number, read))) {
                Ok((number, suggestion)) => match self.check.conflict(number).cloned() {
                    Some(mistake) => Err(mistake),
                    None => Ok(suggestion),
                },
                Err(mistake) => Err(mistake),
            };
            match suggestion {
                Ok(suggestion) => {
                    if group.len() == GROUP || ids.contains(&suggestion.id) {
                        self.group(std::mem::take(&mut group))?;
                        ids.clear();
                    }
                    ids.insert(suggestion.id.clone());
                    group.push(suggestion);
                }
                Err(mistake) => self.say(&mistake),
            }
        }
        self.group(group)
    }

    fn say(&mut self, mistake: &IntakeError) {
        self.mistaken += 1;
        self.report.bar.suspend(|| eprintln!("{mistake}"));
    }

    fn group(&mut self, suggestions: Vec<Suggestion>) -> anyhow::Result<()> {
        let now = self.args.now.unwrap_or_else(jiff::Timestamp::now).to_string();
        let operations: Vec<Operation> = suggestions.iter().map(|suggestion| suggestion.operation).collect();
        let answers = if let Some(ledger) = &mut self.ledger {
            self.evaluator.record(ledger, suggestions, &now, open::ACTOR)?
        } else {
            let actor: Arc<str> = open::ACTOR.into();
            let asked = suggestions.into_iter().map(|suggestion| Asked::new(suggestion, Arc::clone(&actor)));
            self.evaluator.dry_run(self.past.as_ref(), asked.collect(), &now)?
        };
        for (answer, operation) in answers.iter().zip(operations) {
            self.report.add(answer, operation)?;
        }
        Ok(())
    }
}

/// What is said about the decisions as they come.
struct Report {
    format: Format,
    bar: ProgressBar,
    listed: bool,
    counts: BTreeMap<(Operation, Outcome), u64>,
    repeated: u64,
}

impl Report {
    fn new(format: Format, all: u64) -> Self {
        let visible = io::stderr().is_terminal() && all > GROUP as u64;
        let bar = if visible { ProgressBar::new(all) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta} left") {
            bar.set_style(style);
        }
        Self { format, bar, listed: all <= LISTED, counts: BTreeMap::new(), repeated: 0 }
    }

    fn add(&mut self, answer: &Answered, operation: Operation) -> anyhow::Result<()> {
        let Answered { decision, repeated, .. } = answer;
        *self.counts.entry((operation, decision.outcome)).or_default() += 1;
        self.repeated += u64::from(*repeated);
        self.bar.inc(1);
        match self.format {
            Format::Json => {
                let mut out = io::stdout().lock();
                serde_json::to_writer(&mut out, &answer.written())?;
                out.write_all(b"\n")?;
            }
            Format::Text if self.listed => println!("{}", one_line(decision)),
            Format::Text => {}
        }
        Ok(())
    }

    fn finish(&self, dry_run: bool) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        if self.format == Format::Json {
            return Ok(io::stdout().flush()?);
        }
        if self.listed {
            println!();
        }
        println!("{}", outcomes_table(&self.counts).trim_end());
        println!();
        let all = count(self.counts.values().sum(), "decision");
        match (dry_run, self.repeated) {
            (true, _) => println!("{all}, none recorded (--dry-run)."),
            (false, 0) => println!("{all}, all recorded. Why: countersign ledger show ID"),
            (false, old) => println!(
                "{all}: {} recorded now, {old} on record before. Why: countersign ledger show ID",
                self.counts.values().sum::<u64>() - old
            ),
        }
        Ok(())
    }
}
