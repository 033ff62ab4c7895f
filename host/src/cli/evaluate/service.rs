//! A service decides.

use anyhow::bail;

use super::EvaluateArgs;
use super::check::check;
use super::input::open_input;
use super::run::{Decides, Told, run};
use crate::cli::Format;
use crate::cli::exit::Done;
use crate::cli::place::for_a_folder;
use crate::model::IntakeError;
use crate::remote::{Lines, RemoteError, Said, Sent, Service};
use crate::runtime::{Parsed, Standing, WrittenAnswer};
use crate::web::Compared;

pub(super) fn evaluate(format: Format, args: &EvaluateArgs, service: &Service) -> anyhow::Result<Done> {
    for_a_folder(&[
        ("--set", args.set.is_some(), "its active set decides"),
        ("--jobs", args.jobs.is_some(), "it has threads of its own"),
        ("--now", args.now.is_some(), "its own clock says when it is"),
    ])?;
    let mut input = open_input(&args.file)?;
    let mut comparing = service.comparing();
    let check = check(args, &mut input, |group| {
        if args.dry_run { Ok(Vec::new()) } else { standing(&mut comparing, group, args.keep_going) }
    })?;
    let deciding = service.deciding(!args.dry_run);
    run(args, format, &check, input, &mut Asked { args, deciding, answered: false })
}

fn sent(group: &[Parsed]) -> Vec<Sent<'_>> {
    group.iter().map(|parsed| Sent { id: &parsed.suggestion.id, text: &parsed.line.text }).collect()
}

/// What is wrong with a line, as the service says it.
fn mistake(line: u64, said: &Said) -> IntakeError {
    IntakeError { line, key: said.key.clone(), message: said.in_brief() }
}

/// What stands on record under the ids of suggestions.
fn standing(lines: &mut Lines<'_>, group: &[Parsed], keep_going: bool) -> anyhow::Result<Vec<Option<Standing>>> {
    let mut found = Vec::new();
    lines.send(&sent(group), |at, answer: Result<Compared, Said>| {
        found.push(match (answer, group.get(at)) {
            (Ok(compared), _) => compared.recorded,
            // The service is of another release. What it does not understand it says again when it is to decide.
            (Err(said), Some(parsed)) if !keep_going => bail!(mistake(parsed.line.number, &said)),
            (Err(_), _) => None,
        });
        Ok(())
    })?;
    Ok(found)
}

struct Asked<'a> {
    args: &'a EvaluateArgs,
    deciding: Lines<'a>,
    /// Whether any suggestion was answered.
    answered: bool,
}

impl Decides for Asked<'_> {
    fn decide(&mut self, group: Vec<Parsed>, told: &mut Told) -> anyhow::Result<()> {
        let Self { args, deciding, answered } = self;
        let mut next = 0;
        let sent = deciding.send(&sent(&group), |at, answer: Result<WrittenAnswer<'static>, Said>| {
            let Some(Parsed { line, suggestion }) = group.get(at) else { return Ok(()) };
            next = at + 1;
            match answer {
                Ok(answer) => {
                    *answered = true;
                    told.answer(&answer.into(), suggestion.operation)
                }
                Err(said) if args.keep_going => {
                    told.mistake(&mistake(line.number, &said));
                    Ok(())
                }
                Err(said) => bail!(mistake(line.number, &said)),
            }
        });
        sent.map_err(|error| match group.get(next) {
            Some(parsed) if *answered && !args.dry_run && error.is::<RemoteError>() => error.context(format!(
                "stopped at line {}: what was printed is on record, and the same command goes on from there",
                parsed.line.number
            )),
            _ => error,
        })
    }
}
