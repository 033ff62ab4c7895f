//! Modules.

use axum::routing::{get, post};

use super::{Body, Route, Who, json, part, query, route, schema};
use crate::access::Permission::{Intervene, Propose, ReadRules};
use crate::modules::Inspected;
use crate::registry::SBOM_TYPE;
use crate::rollout::Yank;
use crate::runtime::Published;
use crate::web::modules::{self, Modules};
use crate::web::problem::Code;
use crate::web::publishing::{self, Sent};
use crate::web::sets::Why;

pub(super) fn modules() -> Vec<Route> {
    let named = || {
        vec![part("name", "The module's name.", schema::<String>), part("version", "Its version.", schema::<String>)]
    };
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
            parameters: vec![query(
                "scripted",
                "Let in the larger shape of a module that brings an interpreter.",
                schema::<bool>,
            )],
            takes: Some(json::<Sent<'static>>()),
            gives: (201, "It is published: sets can name it.", vec![json::<Published>()]),
            also: Some((200, "It was published before with the same bytes. Nothing was recorded.")),
            problems: &[
                Code::OtherBytes,
                Code::Untrusted,
                Code::TooLarge,
                Code::MediaType,
                Code::Invalid,
                Code::Timeout,
            ],
            ..route(
                "post",
                "/v1/modules",
                Who::Holders(&[Propose]),
                "Publish a component under the name and version that it gives itself",
                post(publishing::publish),
            )
        },
        Route {
            parameters: named(),
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
        Route {
            parameters: named(),
            gives: (
                200,
                "A bill of materials (CycloneDX): the one that came along, or one made from the component.",
                vec![Body { kind: SBOM_TYPE, schema: schema::<serde_json::Map<String, serde_json::Value>> }],
            ),
            problems: &[Code::NotFound],
            ..route(
                "get",
                "/v1/modules/{name}/{version}/sbom",
                Who::Holders(&[ReadRules]),
                "Show what a module is made of",
                get(modules::sbom),
            )
        },
        Route {
            parameters: named(),
            takes: Some(json::<Why>()),
            gives: (201, "No new set can name it.", vec![json::<Yank>()]),
            problems: &[Code::NotFound, Code::Recorded, Code::TooLarge, Code::MediaType, Code::Invalid, Code::Timeout],
            ..route(
                "post",
                "/v1/modules/{name}/{version}/yank",
                Who::Holders(&[Intervene]),
                "Withdraw a module; what was decided with it still reproduces",
                post(publishing::yank),
            )
        },
    ]
}
