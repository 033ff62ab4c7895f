//! Sets in the shadow.

use axum::routing::{get, post};

use super::sets::STEP;
use super::{Route, Who, json, route};
use crate::access::Permission::{Propose, ReadRules};
use crate::rollout::Shadow;
use crate::web::sets::Why;
use crate::web::shadows::{self, Shadows, Wanted};

pub(super) fn shadows() -> Vec<Route> {
    vec![
        Route {
            gives: (
                200,
                "The set in the shadow, if there is one, and what came of it so far.",
                vec![json::<Shadows>()],
            ),
            ..route(
                "get",
                "/v1/shadows",
                Who::Holders(&[ReadRules]),
                "Show what the set in the shadow would have decided otherwise",
                get(shadows::list),
            )
        },
        Route {
            takes: Some(json::<Wanted>()),
            gives: (201, "It judges what is decided from now on.", vec![json::<Shadow>()]),
            problems: STEP,
            ..route(
                "post",
                "/v1/shadows",
                Who::Holders(&[Propose]),
                "Let a set judge beside the one that decides, without acting; one at a time",
                post(shadows::begin),
            )
        },
        Route {
            takes: Some(json::<Why>()),
            gives: (201, "It judges no more.", vec![json::<Shadow>()]),
            problems: STEP,
            ..route(
                "post",
                "/v1/shadows/end",
                Who::Holders(&[Propose]),
                "Take the set out of the shadow",
                post(shadows::end),
            )
        },
    ]
}
