//! Modules.

use axum::routing::get;

use super::{Route, Who, json, part, route, schema};
use crate::access::Permission::ReadRules;
use crate::modules::Inspected;
use crate::web::modules::{self, Modules};
use crate::web::problem::Code;

pub(super) fn modules() -> Vec<Route> {
    vec![
        Route {
            gives: (200, "The modules.", vec![json::<Modules>()]),
            ..route(
                "get",
                "/v1/modules",
                Who::Holders(&[ReadRules]),
                "List the modules that sets can name",
                get(modules::modules),
            )
        },
        Route {
            parameters: vec![
                part("name", "The module's name.", schema::<String>),
                part("version", "Its version.", schema::<String>),
            ],
            gives: (200, "What it is, what it wants to see and what it may return.", vec![json::<Inspected>()]),
            problems: &[Code::NotFound],
            ..route(
                "get",
                "/v1/modules/{name}/{version}",
                Who::Holders(&[ReadRules]),
                "Show what a module is",
                get(modules::module),
            )
        },
    ]
}
