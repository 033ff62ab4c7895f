//! Many suggestions in their order: each is sent, and sent again after a break, until it is answered.
//!
//! Their ids make that safe: what was recorded before the break is answered with its recorded decision.

use std::thread;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::StatusCode;

use super::again::Tries;
use super::asking::{Question, Service};
use super::incoming::{AnswerLines, IncomingLines};
use super::{RemoteError, Said};
use crate::runtime::WrittenAnswer;
use crate::web::{Compared, Mistake, NDJSON};

/// How many bytes go with one request, but for a single long line. Answers come while it is still being sent and are read
/// after that, so it must fit into what the systems on the way keep.
const PART_BYTES: usize = 64 << 10;

/// How many lines go with one request: all of its answers must come in time.
const PART_LINES: usize = 64;

/// One suggestion, as it is sent.
#[derive(Clone, Copy)]
pub(crate) struct Sent<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its text, in one line.
    pub text: &'a str,
}

/// What is answered to a suggestion.
pub(crate) trait Answers: DeserializeOwned {
    /// The id of the suggestion that it is about.
    fn id(&self) -> &str;
}

impl Answers for WrittenAnswer<'static> {
    fn id(&self) -> &str {
        &self.decision().id
    }
}

impl Answers for Compared {
    fn id(&self) -> &str {
        &self.id
    }
}

/// One line of what is answered.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line<T> {
    Answer(T),
    Mistake(Mistake),
}

/// Sends suggestions to one address of a service.
pub(crate) struct Lines<'a> {
    service: &'a Service,
    path: &'static str,
    /// Whether the service answered at all.
    met: bool,
    /// Whether to ask first, with nothing, if it would listen: whoever is refused while they still send may not hear why.
    knocks: bool,
}

impl Service {
    /// Has suggestions decided; with `record` the decisions are on disk when they are answered.
    pub(crate) fn deciding(&self, record: bool) -> Lines<'_> {
        self.lines(if record { "/v1/suggestions:batch" } else { "/v1/suggestions:batch?dry_run=true" })
    }

    /// Asks what is on record under the ids of suggestions.
    pub(crate) fn comparing(&self) -> Lines<'_> {
        self.lines("/v1/suggestions:compare")
    }

    fn lines(&self, path: &'static str) -> Lines<'_> {
        Lines { service: self, path, met: false, knocks: true }
    }
}

impl Lines<'_> {
    /// Sends suggestions. `each` is told the place of each in `all` and its answer, in their order and as they come.
    ///
    /// # Errors
    /// Of `each`; or why the service stopped answering, after it was asked again in vain.
    pub(crate) fn send<T: Answers, E: From<RemoteError>>(
        &mut self,
        all: &[Sent<'_>],
        mut each: impl FnMut(usize, Result<T, Said>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut done, mut tries) = (0, Tries::default());
        while let Some(rest) = all.get(done..).filter(|rest| !rest.is_empty()) {
            let before = done;
            let ended = self.part(part(rest), |answer| {
                done += 1;
                each(done - 1, answer)
            });
            let moved = done > before;
            if moved {
                tries.begin_again();
            }
            match ended {
                Ok(()) => {}
                Err(Ended::Told(error)) => return Err(error),
                Err(Ended::Stopped(error)) => {
                    self.knocks = true;
                    let again = error.may_pass(self.met, moved);
                    let pause = if again { tries.pause(error.retry_after()) } else { None };
                    let Some(pause) = pause else { return Err(error.into()) };
                    tracing::info!(service = self.service.address(), answered = done, "sent again");
                    thread::sleep(pause);
                }
            }
        }
        Ok(())
    }

    /// One request.
    fn part<T: Answers, E>(
        &mut self,
        sent: &[Sent<'_>],
        mut each: impl FnMut(Result<T, Said>) -> Result<(), E>,
    ) -> Result<(), Ended<E>> {
        if self.knocks {
            // Read to its end, so that the connection is used again.
            let _ = self.open(Vec::new())?.next();
            (self.met, self.knocks) = (true, false);
        }
        let body = sent.iter().flat_map(|one| [one.text, "\n"]).collect::<String>();
        let mut answers = self.open(body.into_bytes())?;
        for (one, number) in sent.iter().zip(1..) {
            let line = self.next(&mut answers)?;
            let Some(line) = line else { return Err(self.strange("it answers less than it was asked").into()) };
            match self.service.json(&line)? {
                Line::Answer(answer) => {
                    let answer: T = answer;
                    if answer.id() != one.id {
                        return Err(self.strange("it answers about another suggestion").into());
                    }
                    each(Ok(answer)).map_err(Ended::Told)?;
                }
                Line::Mistake(Mistake { line, problem }) if line == number => {
                    let said = Said::of(&problem, None, &self.service.secret);
                    if !said.is_of_a_line() {
                        return Err(self.service.problem(&problem, None).into());
                    }
                    each(Err(said)).map_err(Ended::Told)?;
                }
                Line::Mistake(_) => return Err(self.strange("it answers about another line").into()),
            }
        }
        // All is answered: how it ends does no harm any more.
        match answers.next() {
            Ok(Some(_)) => Err(self.strange("it answers more than it was asked").into()),
            _ => Ok(()),
        }
    }

    fn open(&self, body: Vec<u8>) -> Result<AnswerLines, RemoteError> {
        let question = Question { method: "POST", path: self.path, body: Some((NDJSON, body)) };
        Ok(IncomingLines::of(self.service.ask(&question)?.into_body()))
    }

    fn next(&self, answers: &mut AnswerLines) -> Result<Option<String>, RemoteError> {
        self.service.reading(answers.next(), StatusCode::OK)
    }

    fn strange(&self, what: &str) -> RemoteError {
        self.service.strange(what, StatusCode::OK)
    }
}

/// Why a request did not come to its end.
enum Ended<E> {
    /// Whoever was told an answer says so.
    Told(E),
    /// The service stopped.
    Stopped(RemoteError),
}

impl<E> From<RemoteError> for Ended<E> {
    fn from(error: RemoteError) -> Self {
        Self::Stopped(error)
    }
}

/// As many as go with one request: one at least.
fn part<'a, 'b>(rest: &'a [Sent<'b>]) -> &'a [Sent<'b>] {
    let mut bytes = 0;
    let fits = |one: &&Sent<'_>| {
        bytes += one.text.len() + 1;
        bytes <= PART_BYTES
    };
    let number = rest.iter().take(PART_LINES).take_while(fits).count().max(1);
    rest.get(..number).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_as_large_as_it_may_be_and_never_empty() {
        let (short, long) = ("x".repeat(100), "x".repeat(PART_BYTES));
        let sent = |text| Sent { id: "s", text };
        assert_eq!(part(&[sent(short.as_str()); 200]).len(), PART_LINES);
        assert_eq!(part(&[sent(short.as_str()), sent(&long), sent(&short)]).len(), 1);
        assert_eq!(part(&[sent(&long), sent(&short)]).len(), 1);
        let half = "x".repeat(PART_BYTES / 2 - 1);
        assert_eq!(part(&[sent(half.as_str()); 5]).len(), 2);
    }
}
