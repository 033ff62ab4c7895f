//! `POST /v1/suggestions:batch`: a suggestion a line in, an answer a line out, in order, for as long as lines come.

use std::convert::Infallible;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use tracing::{Instrument as _, Span};

use super::app::App;
use super::json::{Asked as Query, broken_off, of_kind};
use super::problem::{Code, Problem, WrittenProblem};
use super::suggestions::{How, ask_again, parse};
use crate::access::Principal;
use crate::model::{MAX_LINE_BYTES, Suggestion};
use crate::runtime::{Answered, Asked};

/// How many suggestions of one batch are on their way: two groups, so that one is filled while the other is recorded.
const IN_FLIGHT: usize = 2 * crate::runtime::GROUP;

/// How long a batch waits before it asks again where the queue is full.
const PAUSE: Duration = Duration::from_millis(5);

/// The kinds of content that a batch is.
pub(crate) const NDJSON: &str = "application/x-ndjson";

pub(super) async fn batch(
    State(app): State<Arc<App>>,
    Extension(principal): Extension<Arc<Principal>>,
    Query(how): Query<How>,
    request: Request,
) -> Result<Response, Problem> {
    let record = how.record(&principal)?;
    of_kind(request.headers(), &[NDJSON, "application/jsonl"])?;
    let batch = Arc::new(Batch { app, principal, record });
    // The request goes on when this function has come to its end.
    let (span, answering) = (Span::current(), Span::current());
    let answers = lines(request.into_body().into_data_stream())
        // Each line is asked when those before it were, and then waits for its answer beside them.
        .then(move |line| Arc::clone(&batch).asked(line).instrument(span.clone()))
        .map(move |answer| answer.instrument(answering.clone()))
        .buffered(IN_FLIGHT)
        .ready_chunks(IN_FLIGHT)
        .map(|answers| Ok::<_, Infallible>(Bytes::from(answers.concat())));
    let kind = HeaderValue::from_static(NDJSON);
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(answers)).into_response())
}

struct Batch {
    app: Arc<App>,
    principal: Arc<Principal>,
    record: bool,
}

type Answering = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

impl Batch {
    /// Asks about one line, waiting for a place in the queue; what comes back waits for the answer.
    async fn asked(self: Arc<Self>, Line { number, text }: Line) -> Answering {
        let suggestion = match text.and_then(|text| parse(number, text)) {
            Ok(suggestion) => suggestion,
            Err(problem) => return Box::pin(ready(mistake(number, &problem))),
        };
        match self.place(suggestion).await {
            Ok(answer) => Box::pin(async move {
                match answer.await {
                    Ok(answered) => line(&answered.written()),
                    Err(problem) => mistake(number, &problem),
                }
            }),
            Err(problem) => Box::pin(ready(mistake(number, &problem))),
        }
    }

    async fn place(
        &self,
        suggestion: Suggestion,
    ) -> Result<impl Future<Output = Result<Answered, Problem>> + use<>, Problem> {
        while let Err(wait) = self.app.spend(&self.principal) {
            tokio::time::sleep(wait).await;
        }
        let mut asked = Box::new(Asked::new(suggestion, Arc::clone(&self.principal.name)));
        loop {
            match ask_again(&self.app, asked, self.record) {
                Ok(answer) => return Ok(answer),
                Err((problem, again)) if problem.code == Code::Busy => asked = again,
                Err((problem, _)) => return Err(problem),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// What is answered to a line that was not decided.
#[derive(Serialize, Deserialize, schemars::JsonSchema)]
pub(crate) struct Mistake {
    /// The number of the line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: WrittenProblem,
}

pub(super) fn mistake(number: u64, problem: &Problem) -> Vec<u8> {
    line(&Mistake { line: number, problem: problem.written() })
}

pub(super) fn line(answer: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(answer).unwrap_or_default();
    line.push(b'\n');
    line
}

/// One line of a batch, or what is wrong with it.
pub(super) struct Line {
    pub number: u64,
    pub text: Result<String, Problem>,
}

/// The lines of a body. Empty ones are passed over; after a line that is too long or a body that broke off nothing more comes.
pub(super) fn lines(body: BodyDataStream) -> impl Stream<Item = Line> {
    stream::unfold(Reading { body, rest: Vec::new(), number: 0, ended: false }, |mut reading| async move {
        reading.next().await.map(|line| (line, reading))
    })
}

struct Reading {
    body: BodyDataStream,
    /// What came and was not yet a line.
    rest: Vec<u8>,
    number: u64,
    ended: bool,
}

impl Reading {
    async fn next(&mut self) -> Option<Line> {
        let mut looked_at = 0;
        loop {
            let end = self.rest.iter().skip(looked_at).position(|byte| *byte == b'\n').map(|at| at + looked_at);
            if let Some(end) = end {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                looked_at = 0;
                match self.line(line) {
                    Some(line) => return Some(line),
                    None => continue,
                }
            }
            looked_at = self.rest.len();
            if self.ended {
                let last = std::mem::take(&mut self.rest);
                return self.line(last);
            }
            if looked_at > MAX_LINE_BYTES {
                let detail = format!("longer than {MAX_LINE_BYTES} bytes; what comes after it is not read");
                return Some(self.last(Problem::new(Code::TooLarge, detail)));
            }
            match self.body.next().await {
                Some(Ok(chunk)) => self.rest.extend_from_slice(&chunk),
                Some(Err(error)) => return Some(self.last(broken_off(Some(&error)))),
                None => self.ended = true,
            }
        }
    }

    /// The last thing that is said of a body that cannot be read on.
    fn last(&mut self, problem: Problem) -> Line {
        (self.rest, self.ended) = (Vec::new(), true);
        self.number += 1;
        Line { number: self.number, text: Err(problem) }
    }

    /// A line, unless it is empty.
    fn line(&mut self, bytes: Vec<u8>) -> Option<Line> {
        if !bytes.is_empty() {
            self.number += 1;
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to() + 1;
            Problem::new(Code::Invalid, format!("no valid UTF-8 at byte {at}; save the file as UTF-8"))
        });
        Some(Line { number: self.number, text })
    }
}
