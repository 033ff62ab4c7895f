//! Audits.

use axum::routing::{get, post};

use super::{Parameter, Route, Who, json, part, query, route, schema};
use crate::access::Permission::{Audit, ReadDecisions};
use crate::audit::{AuditReport, Month, RecordedFinding, WrittenCheck, WrittenNext, WrittenSample};
use crate::web::audits::{self, Found, Samples, Wanted};
use crate::web::problem::Code;

/// Which sample is meant.
fn which() -> Vec<Parameter> {
    vec![
        query("sample", "The sample's event; the newest sample, if neither it nor a month is named.", schema::<u64>),
        query("month", "The sample of this month, if there is one alone.", schema::<Month>),
    ]
}

pub(super) fn audits() -> Vec<Route> {
    let read = Who::Holders(&[Audit, ReadDecisions]);
    let auditors = Who::Holders(&[Audit]);
    vec![
        Route {
            takes: Some(json::<Wanted>()),
            gives: (201, "The sample. It is on record.", vec![json::<WrittenSample>()]),
            problems: &[Code::Recorded, Code::TooLarge, Code::MediaType, Code::Invalid, Code::Timeout],
            ..route(
                "post",
                "/v1/audits/samples",
                auditors,
                "Draw a sample of a month's decisions that nobody can choose",
                post(audits::draw),
            )
        },
        Route {
            parameters: vec![part("month", "The month, such as 2026-10.", schema::<Month>)],
            gives: (200, "The samples.", vec![json::<Samples>()]),
            ..route("get", "/v1/audits/samples/{month}", read, "List the samples of a month", get(audits::of_month))
        },
        Route {
            parameters: which(),
            gives: (200, "Whether the sample is the one that its terms draw.", vec![json::<WrittenCheck>()]),
            problems: &[Code::NotFound],
            ..route("get", "/v1/audits/verification", read, "Draw a sample again and compare", get(audits::verified))
        },
        Route {
            parameters: which(),
            gives: (200, "A drawn decision that nobody has looked at, or none.", vec![json::<WrittenNext>()]),
            problems: &[Code::NotFound],
            ..route("get", "/v1/audits/next", auditors, "Show what is to be looked at next", get(audits::next))
        },
        Route {
            takes: Some(json::<Found>()),
            gives: (201, "The finding is on record.", vec![json::<RecordedFinding>()]),
            problems: &[
                Code::NotFound,
                Code::Recorded,
                Code::Erased,
                Code::TooLarge,
                Code::MediaType,
                Code::Invalid,
                Code::Timeout,
            ],
            ..route(
                "post",
                "/v1/audits/findings",
                auditors,
                "Record what was found about a drawn decision",
                post(audits::found),
            )
        },
        Route {
            parameters: which(),
            gives: (
                200,
                "How many are wrong: of those looked at, and with intervals of all.",
                vec![json::<AuditReport>()],
            ),
            problems: &[Code::NotFound],
            ..route("get", "/v1/audits/report", read, "Show what an audit found", get(audits::report))
        },
    ]
}
