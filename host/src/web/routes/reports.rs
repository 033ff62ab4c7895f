//! Reports.

use axum::routing::get;

use super::filters::time;
use super::{Parameter, Route, Who, json, query, route, schema};
use crate::access::Permission::Replay;
use crate::runtime::{ThresholdReport, ThresholdsBy};
use crate::web::problem::Code;
use crate::web::thresholds;

pub(super) fn reports() -> Vec<Route> {
    let target = Parameter {
        name: "target",
        required: true,
        what: "The most of what is applied that may be wrong, in percent such as `1%`; kept with 95 % confidence.",
        schema: schema::<String>,
    };
    vec![Route {
        parameters: vec![
            target,
            query("set", "The set's name; the active one if not given.", schema::<String>),
            query("module", "The policy in it whose threshold is set; `confidence` if not given.", schema::<String>),
            query(
                "by",
                "Let thresholds differ by this; segments ask for the permission `read-values`.",
                schema::<ThresholdsBy>,
            ),
            query(
                "hold_back",
                "The share of the history that the promise is checked on, in percent; `30%` if not given.",
                schema::<String>,
            ),
            query("from", "Not what was decided before this time.", time),
            query("to", "Only what was decided before this time.", time),
            query(
                "where",
                "Only suggestions with these properties: `outcome=review,field=email`. There are outcome, field, segment, \
                 assistant, operation and object; segments ask for the permission `read-values`.",
                schema::<String>,
            ),
        ],
        gives: (
            200,
            "The thresholds, as `countersign report thresholds --format json` writes them.",
            vec![json::<ThresholdReport>()],
        ),
        problems: &[Code::NotFound],
        ..route(
            "get",
            "/v1/reports/thresholds",
            Who::Holders(&[Replay]),
            "Find the lowest confidence that keeps wrong changes from being applied, and check it on history held back",
            get(thresholds::thresholds),
        )
    }]
}
