//! `POST /v1/suggestions`.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::oneshot;

use super::app::App;
use super::auth::require;
use super::json::{Asked as Query, Json, JsonText};
use super::metrics;
use super::problem::{Code, Problem};
use crate::access::{Permission, Principal};
use crate::model::{Line, Suggestion, parse_line};
use crate::runtime::{Answered, Asked, EvaluateError, NoAnswer, NotTaken};

/// The query of a request that suggests.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct How {
    #[serde(default)]
    dry_run: bool,
}

impl How {
    /// Whether the decision is recorded, if whoever asks may do that.
    pub(super) fn record(&self, principal: &Principal) -> Result<bool, Problem> {
        require(principal, if self.dry_run { Permission::Check } else { Permission::Suggest })?;
        Ok(!self.dry_run)
    }
}

pub(super) async fn suggest(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Query(how): Query<How>,
    body: JsonText,
) -> Result<Response, Problem> {
    let record = how.record(&principal)?;
    let suggestion = parse(1, body.0)?;
    let answer = ask(&app, suggestion, &principal, record).map_err(|(problem, _)| problem)?;
    Ok(Json(answer.await?.written()).into_response())
}

/// Reads a suggestion.
pub(super) fn parse(number: u64, text: String) -> Result<Suggestion, Problem> {
    parse_line(&Line { number, text })
        .map_err(|error| Problem { key: error.key, ..Problem::new(Code::Invalid, error.message) })
}

/// Puts a suggestion into the queue. Where that is full, the suggestion comes back.
pub(super) fn ask(
    app: &App,
    suggestion: Suggestion,
    principal: &Principal,
    record: bool,
) -> Result<impl Future<Output = Result<Answered, Problem>> + use<>, (Problem, Box<Asked>)> {
    ask_again(app, Box::new(Asked::new(suggestion, Arc::clone(&principal.name))), record)
}

/// As [`ask`], with what came back because the queue was full.
pub(super) fn ask_again(
    app: &App,
    asked: Box<Asked>,
    record: bool,
) -> Result<impl Future<Output = Result<Answered, Problem>> + use<>, (Problem, Box<Asked>)> {
    let (reply, answer) = oneshot::channel();
    let begun = Instant::now();
    let called = Box::new(move |answer| {
        // Whoever asked may have gone; what was decided is on record all the same.
        let _ = reply.send(answer);
    });
    app.service.ask(*asked, record, called).map_err(|(refused, asked)| (not_taken(refused), asked))?;
    Ok(async move {
        let answered = answer.await.unwrap_or(Err(NoAnswer::Bug));
        metrics::answered(&answered, begun.elapsed(), record);
        answered.map_err(|none| no_answer(&none))
    })
}

fn not_taken(refused: NotTaken) -> Problem {
    match refused {
        NotTaken::Full => Problem { retry_after: Some(1), ..Problem::new(Code::Busy, refused.to_string()) },
        NotTaken::Stopping => Problem { retry_after: Some(5), ..Problem::new(Code::Unavailable, refused.to_string()) },
    }
}

fn no_answer(none: &NoAnswer) -> Problem {
    match none {
        NoAnswer::Unavailable => Problem { retry_after: Some(5), ..Problem::new(Code::Unavailable, none.to_string()) },
        NoAnswer::Bug => Problem::new(Code::Bug, none.to_string()),
        NoAnswer::Refused(error) => match **error {
            EvaluateError::Conflict { .. } | EvaluateError::Erased { .. } => {
                Problem::new(Code::Conflict, error.to_string())
            }
            EvaluateError::Draft(_) => Problem::new(Code::Invalid, error.to_string()),
            EvaluateError::Unreadable { .. } => Problem::new(Code::Broken, error.to_string()),
            _ => Problem::new(Code::Bug, error.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_gets_no_decision_is_told_what_to_do() {
        let told = |problem: Problem| (problem.code.status().as_u16(), problem.code.as_str(), problem.retry_after);
        assert_eq!(told(not_taken(NotTaken::Full)), (429, "busy", Some(1)));
        assert_eq!(told(not_taken(NotTaken::Stopping)), (503, "unavailable", Some(5)));
        assert_eq!(told(no_answer(&NoAnswer::Unavailable)), (503, "unavailable", Some(5)));
        assert_eq!(told(no_answer(&NoAnswer::Bug)), (500, "bug", None));
        let id = || "s-1".to_owned();
        let refused = |error| no_answer(&NoAnswer::Refused(Arc::new(error)));
        assert_eq!(told(refused(EvaluateError::Conflict { id: id(), seq: 1 })), (409, "conflict", None));
        assert_eq!(told(refused(EvaluateError::Erased { id: id(), seq: 1 })), (409, "conflict", None));
        assert_eq!(told(refused(EvaluateError::Unreadable { seq: 1, message: id() })), (500, "broken", None));
    }
}
