//! Sets that are tried on a part of the records.

use axum::routing::{get, post};

use super::sets::STEP;
use super::{Route, Who, json, route};
use crate::access::Permission::{Activate, Intervene, ReadDecisions};
use crate::rollout::{Canary, EndedCanary};
use crate::runtime::Promotion;
use crate::web::canaries::{self, Canaries, Wanted};
use crate::web::sets::Why;

pub(super) fn canaries() -> Vec<Route> {
    vec![
        Route {
            gives: (
                200,
                "The set that is tried, if there is one, what was counted so far, and what its gates say.",
                vec![json::<Canaries>()],
            ),
            ..route(
                "get",
                "/v1/canaries",
                Who::Holders(&[ReadDecisions]),
                "Show the set that is tried on a part of the records, and what its gates say",
                get(canaries::list),
            )
        },
        Route {
            takes: Some(json::<Wanted>()),
            gives: (201, "It decides about the first share of the records.", vec![json::<Canary>()]),
            problems: STEP,
            ..route(
                "post",
                "/v1/canaries",
                Who::Holders(&[Activate]),
                "Try an approved set on a part of the records that grows step by step; one at a time",
                post(canaries::begin),
            )
        },
        Route {
            takes: Some(json::<Why>()),
            gives: (201, "It is at its next step, or in force.", vec![json::<Promotion>()]),
            problems: STEP,
            ..route(
                "post",
                "/v1/canaries/promote",
                Who::Holders(&[Activate]),
                "Bring the set that is tried on to its next step; all its gates must have passed",
                post(canaries::promote),
            )
        },
        Route {
            takes: Some(json::<Why>()),
            gives: (201, "The set in force decides about everything again.", vec![json::<EndedCanary>()]),
            problems: STEP,
            ..route(
                "post",
                "/v1/canaries/end",
                Who::Holders(&[Intervene]),
                "End the trial: the set in force decides about everything again",
                post(canaries::end),
            )
        },
    ]
}
