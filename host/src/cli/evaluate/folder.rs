//! A deployment's folder decides.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use super::check::check;
use super::run::{Decides, Told, run};
use super::{EvaluateArgs, cores};
use crate::cli::exit::Done;
use crate::cli::{Format, open};
use crate::ledger::Ledger;
use crate::model::Operation;
use crate::runtime::{Asked, Evaluator, Home, Parsed, Standing};

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
    let set = match &ledger {
        Some(ledger) => deployment.active(ledger)?.set,
        None => deployment.set_to_read(args.set.as_deref())?,
    };

    let check = check(args, &mut input, |group| match &ledger {
        Some(ledger) => {
            Ok(group.iter().map(|parsed| Standing::of(&parsed.suggestion, ledger)).collect::<Result<_, _>>()?)
        }
        None => Ok(Vec::new()),
    })?;
    let loaded = if args.set.is_some() { deployment.load_from_file(set)? } else { deployment.load(set)? };
    if let Some(ledger) = &mut ledger {
        deployment.keep(ledger, loaded.set(), &jiff::Timestamp::now().to_string(), open::ACTOR)?;
    }
    let evaluator = Evaluator { deployment: &deployment, set: loaded, jobs };
    run(args, format, &check, input, &mut Folder { args, evaluator, ledger, past })
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
