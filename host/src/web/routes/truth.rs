//! What people know.

use axum::routing::post;

use super::{Body, Route, Who, json, route, schema};
use crate::access::Permission::ImportTruth;
use crate::replay::LabelLine;
use crate::runtime::ImportedTruth;
use crate::web::batch::NDJSON;
use crate::web::problem::Code;
use crate::web::truth;

pub(super) fn truth() -> Vec<Route> {
    vec![Route {
        takes: Some(Body { kind: NDJSON, schema: schema::<LabelLine> }),
        gives: (200, "How many labels were recorded, and how many were known.", vec![json::<ImportedTruth>()]),
        problems: &[Code::TooLarge, Code::MediaType, Code::Invalid, Code::Timeout],
        ..route(
            "post",
            "/v1/truth",
            Who::Holders(&[ImportTruth]),
            "Record what people know of suggestions that were decided, one JSON object a line; all or nothing",
            post(truth::import),
        )
    }]
}
