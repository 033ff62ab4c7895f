//! Replays.

use axum::routing::{delete, get, post};

use super::{Route, Who, json, part, route, schema};
use crate::access::Permission::Replay;
use crate::web::problem::Code;
use crate::web::replays::{self, Begun, Replays, Reported, Shown, Wanted};

pub(super) fn replays() -> Vec<Route> {
    let who = Who::Holders(&[Replay]);
    let id = || part("id", "What the replay is found by.", schema::<String>);
    vec![
        Route {
            takes: Some(json::<Wanted>()),
            gives: (202, "It was begun; the header `Location` says where it is shown.", vec![json::<Begun>()]),
            problems: &[Code::TooLarge, Code::MediaType, Code::Invalid, Code::Timeout],
            ..route(
                "post",
                "/v1/replays",
                who,
                "Run what is on record through another set; one at a time",
                post(replays::begin),
            )
        },
        Route {
            gives: (200, "The replays.", vec![json::<Replays>()]),
            ..route("get", "/v1/replays", who, "List the last replays", get(replays::list))
        },
        Route {
            parameters: vec![id()],
            gives: (200, "The replay, with its report when it is over.", vec![json::<Reported>()]),
            problems: &[Code::NotFound],
            ..route("get", "/v1/replays/{id}", who, "Show a replay and what came of it", get(replays::one))
        },
        Route {
            parameters: vec![id()],
            gives: (200, "It is over, or will be in a moment.", vec![json::<Shown>()]),
            problems: &[Code::NotFound],
            ..route("delete", "/v1/replays/{id}", who, "Stop a replay", delete(replays::stop))
        },
    ]
}
