//! One run over an input that was looked at: group by group, whoever decides.

use std::collections::HashSet;
use std::io::BufRead;

use anstream::eprintln;

use super::EvaluateArgs;
use super::report::Report;
use crate::cli::Format;
use crate::cli::exit::Done;
use crate::cli::text::count;
use crate::model::{IntakeError, Operation, read_lines};
use crate::runtime::{Answered, GROUP, GROUP_BYTES, Parsed, Precheck};

/// Whoever decides: a deployment's folder, or a service.
pub(super) trait Decides {
    /// Decides some suggestions with different ids, and tells the answers in their order, each when it is durable.
    fn decide(&mut self, group: Vec<Parsed>, told: &mut Told) -> anyhow::Result<()>;
}

/// What becomes of the answers.
pub(super) struct Told {
    report: Report,
    mistaken: u64,
}

impl Told {
    /// A suggestion was decided.
    pub(super) fn answer(&mut self, answer: &Answered, operation: Operation) -> anyhow::Result<()> {
        self.report.add(answer, operation)
    }

    /// A line cannot be decided.
    pub(super) fn mistake(&mut self, mistake: &IntakeError) {
        self.mistaken += 1;
        self.report.bar.suspend(|| eprintln!("{mistake}"));
    }
}

pub(super) fn run(
    args: &EvaluateArgs,
    format: Format,
    check: &Precheck,
    input: impl BufRead,
    decides: &mut impl Decides,
) -> anyhow::Result<Done> {
    let mut told = Told { report: Report::new(format, check.suggestions), mistaken: 0 };
    let (mut group, mut ids, mut bytes) = (Vec::new(), HashSet::new(), 0);
    for line in read_lines(input) {
        let parsed = line?.and_then(Parsed::read).and_then(|parsed| match check.conflict(parsed.line.number) {
            Some(mistake) => Err(mistake.clone()),
            None => Ok(parsed),
        });
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(mistake) => {
                told.mistake(&mistake);
                continue;
            }
        };
        if group.len() == GROUP || bytes >= GROUP_BYTES || ids.contains(&parsed.suggestion.id) {
            decides.decide(std::mem::take(&mut group), &mut told)?;
            ids.clear();
            bytes = 0;
        }
        bytes += parsed.line.text.len();
        ids.insert(parsed.suggestion.id.clone());
        group.push(parsed);
    }
    if !group.is_empty() {
        decides.decide(group, &mut told)?;
    }
    told.report.finish(args.dry_run)?;
    if told.mistaken > 0 {
        eprintln!("{} could not be decided; see above", count(told.mistaken, "line"));
        return Ok(Done::BadInput);
    }
    Ok(Done::Yes)
}
