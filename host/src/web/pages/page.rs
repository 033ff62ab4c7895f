//! A page, and what stands where there is none.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::access::{Permission, Principal};
use crate::web::problem::{Code, Problem};

/// A template that is answered with.
pub(super) struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(text) => {
                ([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], text).into_response()
            }
            Err(error) => Problem::new(Code::Bug, format!("a page cannot be made: {error}")).into_response(),
        }
    }
}

/// Who looks at a page.
pub(super) struct Visitor {
    pub name: String,
    pub role: &'static str,
    pub may_prove: bool,
    pub may_reproduce: bool,
}

impl Visitor {
    pub(super) fn of(principal: &Principal) -> Self {
        Self {
            name: principal.name.to_string(),
            role: principal.role.as_str(),
            may_prove: principal.may(Permission::Prove),
            may_reproduce: principal.may(Permission::Reproduce),
        }
    }
}

/// Why there is no page, in words for people.
pub(super) struct Refusal {
    problem: Problem,
    who: Option<Visitor>,
}

impl Refusal {
    /// A problem that somebody has who is signed in.
    pub(super) fn to(principal: &Arc<Principal>) -> impl Fn(Problem) -> Self + use<> {
        let principal = Arc::clone(principal);
        move |problem| Self { problem, who: Some(Visitor::of(&principal)) }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, who: None }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    who: Option<Visitor>,
    title: &'static str,
    detail: String,
    status: u16,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { problem, who } = self;
        let (title, status) = (problem.code.title(), problem.code.status());
        let page = ProblemPage { who, title, detail: problem.detail.clone(), status: status.as_u16() };
        let mut response = (status, Page(page)).into_response();
        if let Some(seconds) = problem.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// A time as people read it. One that cannot be read is shown as it is.
pub(super) fn moment(at: &str) -> String {
    at.parse::<Timestamp>().map_or_else(|_| at.to_owned(), |at| at.strftime("%F %T UTC").to_string())
}
