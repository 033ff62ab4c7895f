//! A replay that a service does, from its beginning to its report.

use ureq::http::StatusCode;

use super::RemoteError;
use super::again::Tries;
use super::asking::{Question, Service, part};
use crate::web::{ReplayBegun, ReplayReported, ReplayShown, WantedReplay};

impl Service {
    /// Begins a replay, and returns what it is found by.
    pub(crate) fn begin_replay(&self, wanted: &WantedReplay) -> Result<String, RemoteError> {
        let ReplayBegun { id, .. } = self.act(&Question::post("/v1/replays", wanted))?;
        let is_one_word = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_one_word {
            Ok(id)
        } else {
            Err(self.strange("it does not say what the replay is found by", StatusCode::OK))
        }
    }

    /// How far a replay is, with its report if it is over. It goes on where a connection breaks, so it is asked for again.
    pub(crate) fn replay(&self, id: &str) -> Result<ReplayReported, RemoteError> {
        let path = format!("/v1/replays/{}", part(id));
        let question = Question::get(&path);
        let mut tries = Tries::default();
        let text = loop {
            match self.ask(&question).and_then(|answer| self.whole(answer)) {
                Err(error) if error.may_pass(true, false) => self.wait(&mut tries, error)?,
                answer => break answer?,
            }
        };
        let found: ReplayReported = self.json(&text)?;
        if found.shown.id == id { Ok(found) } else { Err(self.strange("it shows another replay", StatusCode::OK)) }
    }

    /// Why a replay could not be done.
    pub(crate) fn not_replayed(&self, shown: &ReplayShown) -> RemoteError {
        match &shown.problem {
            Some(problem) => self.problem(problem, None),
            None => self.strange("it does not say why the replay could not be done", StatusCode::OK),
        }
    }

    /// Stops a replay. What was done by then is in its report.
    pub(crate) fn stop_replay(&self, id: &str) -> Result<(), RemoteError> {
        let path = format!("/v1/replays/{}", part(id));
        self.act::<ReplayShown>(&Question::delete(&path)).map(drop)
    }
}
