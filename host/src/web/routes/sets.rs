//! How sets come into force.

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};

use super::{Parameter, Route, Who, json, part, route, schema, some_text};
use crate::access::Permission::{Activate, Approve, Intervene, Propose, ReadDecisions};
use crate::modules::SetDifference;
use crate::rollout::Activation;
use crate::runtime::{OpenProposal, RolledBack, SetStatus};
use crate::web::app::App;
use crate::web::problem::Code;
use crate::web::sets::{self, Activated, Approved, Proposed, Why};

/// What can be wrong with a body, and with what it asks for.
pub(super) const STEP: &[Code] =
    &[Code::NotInForce, Code::TooLarge, Code::MediaType, Code::Invalid, Code::Untrusted, Code::Timeout, Code::NotFound];

pub(super) fn sets() -> Vec<Route> {
    let named = |name, what| Parameter { name, required: true, what, schema: some_text };
    vec![
        Route {
            gives: (200, "How the sets stand.", vec![json::<SetStatus>()]),
            ..route(
                "get",
                "/v1/activations",
                Who::Holders(&[ReadDecisions]),
                "Show which set decides since when, what is proposed, and what decides in each service that runs",
                get(sets::status),
            )
        },
        Route {
            parameters: vec![
                named("from", "A set's name, its digest on record, or `active`."),
                named("to", "The set that it is compared with, named in the same way."),
            ],
            gives: (200, "How they differ.", vec![json::<SetDifference>()]),
            problems: &[Code::NotFound, Code::NotInForce],
            ..route(
                "get",
                "/v1/differences",
                Who::Holders(&[ReadDecisions]),
                "Compare two sets: modules, settings key by key, and what may be done and seen",
                get(sets::difference),
            )
        },
        Route {
            takes: Some(json::<Proposed>()),
            gives: (201, "It is proposed.", vec![json::<OpenProposal>()]),
            problems: STEP,
            ..route(
                "post",
                "/v1/proposals",
                Who::Holders(&[Propose]),
                "Propose a set, as its lock pins it",
                post(sets::propose),
            )
        },
        Route {
            parameters: vec![part("proposal", "The event that proposed it.", schema::<u64>)],
            takes: Some(json::<Approved>()),
            gives: (201, "It is approved.", vec![json::<OpenProposal>()]),
            problems: STEP,
            ..route(
                "post",
                "/v1/proposals/{proposal}/approvals",
                Who::Holders(&[Approve]),
                "Approve a set that somebody else proposed",
                post(sets::approve),
            )
        },
        Route {
            takes: Some(json::<Activated>()),
            gives: (201, "It is in force.", vec![json::<Activation>()]),
            problems: STEP,
            ..route(
                "post",
                "/v1/activations",
                Who::Holders(&[Activate]),
                "Bring an approved set into force",
                post(sets::activate),
            )
        },
        Route {
            gives: (201, "What decides about everything from now on.", vec![json::<RolledBack>()]),
            ..intervention(
                "/v1/rollbacks",
                "Go back to the set that decided before; while a set is tried, that ends, and nothing else",
                post(sets::roll_back),
            )
        },
        intervention("/v1/freezes", "Send everything to review, without asking any module", post(sets::freeze)),
        intervention("/v1/thaws", "End a freeze: the set that decided before decides again", post(sets::thaw)),
    ]
}

/// A step that needs a reason, and nobody's approval.
fn intervention(path: &'static str, summary: &'static str, handler: MethodRouter<Arc<App>>) -> Route {
    Route {
        takes: Some(json::<Why>()),
        gives: (201, "It is so from now on.", vec![json::<Activation>()]),
        problems: STEP,
        ..route("post", path, Who::Holders(&[Intervene]), summary, handler)
    }
}
