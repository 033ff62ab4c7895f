//! From the text to an expression, or to what is wrong with the text and where.

use std::sync::Arc;

use engine::parser::{Expression, PrattParser};
use engine::{Env, extensions};
use rules::answer::{Answer, View};
use rules::place;

use crate::document::{Answers, Owned};
use crate::names;

/// What the text is called in messages: the key of the settings.
const SOURCE: &str = "source";

/// The functions that an expression may use: the standard ones, and the extensions for lists, numbers and texts.
pub fn env() -> Result<Env, String> {
    let mut env = Env::stdlib();
    for add in [extensions::lists, extensions::math, extensions::strings] {
        add(&mut env).map_err(|error| error.to_string())?;
    }
    Ok(env)
}

/// Parses a text, and finds what it names that there is not.
///
/// # Errors
/// What is wrong, as `source:LINE:COLUMN: …`.
pub fn compile(env: &Arc<Env>, source: &str) -> Result<Expression, String> {
    if source.trim().is_empty() {
        return Err(place::line_and_column(SOURCE, 1, 1, "there is no expression: `source` is empty"));
    }
    let parsed = PrattParser::new().enable_optional_syntax(true).parse(source);
    let expression = parsed.map_err(|errors| {
        let first = errors.errors.first();
        let at = |number: isize| usize::try_from(number).unwrap_or_default().max(1);
        let (line, column) = first.map_or((1, 1), |error| (at(error.pos.0), at(error.pos.1)));
        place::line_and_column(SOURCE, line, column, first.map_or("", |error| &error.msg))
    })?;
    match names::unknown(env, &expression) {
        Some(unknown) => Err(place::at(SOURCE, source, unknown.offset_in(source), unknown)),
        None => Ok(expression),
    }
}

/// Refuses an answer that is no list of objects.
pub fn shape(answer: &Owned<'_>, source: &str) -> Result<(), String> {
    let start = source.len() - source.trim_start().len();
    let refuse = |what: &str| Err(place::at(SOURCE, source, start, what));
    match Answers::view(answer) {
        View::List(items) => match items.iter().find(|item| !matches!(Answers::view(item), View::Object(_))) {
            Some(_) => refuse("the expression gives a list of other things than objections"),
            None => Ok(()),
        },
        _ => refuse("the expression does not give a list of objections"),
    }
}
