//! A deployment's folder decides.

use std::fs::File;
use std::io::BufReader;
use std::iter;
use std::sync::Arc;

use anyhow::Context;

use super::check::check;
use super::run::{Decides, Told, run};
use super::{EvaluateArgs, cores};
use crate::cli::exit::Done;
use crate::cli::set::kept;
use crate::cli::{Format, open};
use crate::ledger::Ledger;
use crate::model::Operation;
use crate::runtime::{Asked, CanaryArm, Deciding, Evaluator, Home, Parsed, Standing};

/// An input up to this size, in bytes, holds a handful of suggestions.
const FEW_BYTES: u64 = 32 << 10;

pub(super) fn evaluate(
    format: Format,
    args: &EvaluateArgs,
    mut input: BufReader<File>,
    home: &Home,
) -> anyhow::Result<Done> {
    let jobs = args.jobs.map_or_else(cores, usize::from);
    let few = input.get_ref().metadata()?.len() <= FEW_BYTES;
    let deployment = if few { open::deployment_for_few(home.clone())? } else { open::deployment(home.clone(), jobs)? };
    let mut ledger = if args.dry_run { None } else { Some(open::ledger(home)?) };
    let past = if args.dry_run { open::ledger_to_read(home).ok() } else { None };
    // A set that is named judges alone.
    let on_record = ledger.as_ref().or_else(|| past.as_ref().filter(|_| args.set.is_none()));
    let (set, canary) = match on_record {
        Some(ledger) => {
            let Deciding { active, canary, .. } = deployment.deciding(ledger)?;
            (active.set, canary)
        }
        None => (deployment.set_to_read(args.set.as_deref())?, None),
    };

    let check = check(args, &mut input, |group| match &ledger {
        Some(ledger) => {
            Ok(group.iter().map(|parsed| Standing::of(&parsed.suggestion, ledger)).collect::<Result<_, _>>()?)
        }
        None => Ok(Vec::new()),
    })?;
    let set = if args.set.is_some() { deployment.load_from_file(set)? } else { deployment.load(set)? };
    let load = |(canary, set)| {
        let set = deployment.load(set).context("`countersign set canary --stop` ends what is tried")?;
        anyhow::Ok(CanaryArm { set, canary })
    };
    let canary = canary.map(load).transpose()?;
    if let Some(ledger) = &mut ledger {
        let now = jiff::Timestamp::now().to_string();
        for loaded in iter::once(&set).chain(canary.as_ref().map(|canary| &canary.set)) {
            deployment.keep(ledger, loaded.set(), &now, open::ACTOR)?;
        }
    }
    let evaluator = Evaluator { deployment: &deployment, set, canary, jobs };
    let mut folder = Folder { args, evaluator, ledger, past };
    let done = run(args, format, &check, input, &mut folder)?;
    if let Some(ledger) = &mut folder.ledger {
        let asked = deployment.keep_canary(ledger, jobs);
        kept(&asked.context("the decisions are on record, but the gates of the canary cannot be asked")?);
    }
    Ok(done)
}

struct Folder<'a> {
    args: &'a EvaluateArgs,
    evaluator: Evaluator<'a>,
    ledger: Option<Ledger>,
    past: Option<Ledger>,
}

impl Decides for Folder<'_> {
    fn decide(&mut self, group: Vec<Parsed>, told: &mut Told) -> anyhow::Result<()> {
        let now = self.args.now.unwrap_or_else(jiff::Timestamp::now).to_string();
        let operations: Vec<Operation> = group.iter().map(|parsed| parsed.suggestion.operation).collect();
        let suggestions = group.into_iter().map(|parsed| parsed.suggestion);
        let answers = if let Some(ledger) = &mut self.ledger {
            self.evaluator.record(ledger, suggestions.collect(), &now, open::ACTOR)?
        } else {
            let actor: Arc<str> = open::ACTOR.into();
            let asked = suggestions.map(|suggestion| Asked::new(suggestion, Arc::clone(&actor)));
            self.evaluator.dry_run(self.past.as_ref(), asked.collect(), &now)?
        };
        answers.iter().zip(operations).try_for_each(|(answer, operation)| told.answer(answer, operation))
    }
}
