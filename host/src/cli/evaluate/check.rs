//! The whole input is looked at before the first decision, and refused whole if anything in it is wrong.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use anstream::eprintln;
use anyhow::bail;

use super::EvaluateArgs;
use super::input::shown;
use crate::runtime::{Parsed, Precheck, Standing, precheck};

/// Looks at an input that can be read twice. `standing` says what is on record under the ids of suggestions.
pub(super) fn check(
    args: &EvaluateArgs,
    input: &mut BufReader<File>,
    standing: impl FnMut(&[Parsed]) -> anyhow::Result<Vec<Option<Standing>>>,
) -> anyhow::Result<Precheck> {
    let mut check = precheck(&mut *input, standing)?;
    input.seek(SeekFrom::Start(0))?;
    if !check.repeated.is_empty() {
        check.compare_repeated(&mut *input)?;
        input.seek(SeekFrom::Start(0))?;
    }
    let file = shown(&args.file);
    if check.suggestions == 0 && check.mistaken == 0 {
        bail!("{file} holds no suggestion; it takes one JSON object a line");
    }
    if check.mistaken > 0 && !args.keep_going {
        say(&check);
        bail!(
            "{file} was refused whole: nothing was decided; mend these lines, or decide the others with --keep-going"
        );
    }
    Ok(check)
}

fn say(check: &Precheck) {
    for mistake in &check.mistakes {
        eprintln!("{mistake}");
    }
    let more = check.mistaken.saturating_sub(check.mistakes.len() as u64);
    if more > 0 {
        eprintln!("… and {more} more");
    }
}
