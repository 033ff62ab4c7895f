//! The ledger: what others verify it by, and what is done about the values that it keeps.

use axum::routing::{delete, get, post};

use super::{Parameter, Route, Who, dry_run_of, json, part, route, schema, some_text};
use crate::access::Permission::{Erase, Hold, ReadLedger};
use crate::runtime::{Held, Released};
use crate::web::erasures::{self, Erasure, Expired};
use crate::web::holds::{self, Holds};
use crate::web::ledger::{self, Consistency};
use crate::web::problem::Code;

/// What can be wrong with a body.
const BODY: &[Code] = &[Code::TooLarge, Code::MediaType, Code::Invalid, Code::Timeout];

pub(super) fn values() -> Vec<Route> {
    let since = Parameter {
        name: "since",
        required: true,
        what: "How many events the head covers that was kept.",
        schema: schema::<u64>,
    };
    let reason = Parameter {
        name: "reason",
        required: true,
        what: "Why. It stays on record for good, so it must name nobody.",
        schema: some_text,
    };
    vec![
        Route {
            parameters: vec![since],
            gives: (200, "The proof, and the newest head.", vec![json::<Consistency>()]),
            ..route(
                "get",
                "/v1/ledger/consistency",
                Who::Holders(&[ReadLedger]),
                "Prove that the ledger begins with what a kept head covers",
                get(ledger::consistency),
            )
        },
        Route {
            parameters: vec![dry_run_of("Say what would be destroyed, and destroy nothing.")],
            takes: Some(json::<erasures::Wanted>()),
            gives: (200, "What was destroyed, or would be: nothing, if nothing is on record.", vec![json::<Erasure>()]),
            problems: &[Code::OnHold, Code::TooLarge, Code::MediaType, Code::Invalid, Code::Timeout],
            ..route(
                "post",
                "/v1/ledger/erasures",
                Who::Holders(&[Erase]),
                "Destroy the personal values of one record for good",
                post(erasures::erase),
            )
        },
        Route {
            parameters: vec![dry_run_of("Say what is due, and destroy nothing.")],
            gives: (200, "What was due by each rule, and what was destroyed.", vec![json::<Expired>()]),
            ..route(
                "post",
                "/v1/ledger/expirations",
                Who::Holders(&[Erase]),
                "Destroy the values whose time is over by the rules of the deployment",
                post(erasures::expired),
            )
        },
        Route {
            gives: (200, "The holds.", vec![json::<Holds>()]),
            ..route(
                "get",
                "/v1/ledger/holds",
                Who::Holders(&[Hold]),
                "List the holds in force; asks also for the permission `read-values`",
                get(holds::list),
            )
        },
        Route {
            takes: Some(json::<holds::Wanted>()),
            gives: (201, "The hold is in force.", vec![json::<Held>()]),
            problems: BODY,
            ..route(
                "post",
                "/v1/ledger/holds",
                Who::Holders(&[Hold]),
                "Keep the values of one record, or all, from being destroyed",
                post(holds::set),
            )
        },
        Route {
            parameters: vec![part("hold", "The event that began the hold.", schema::<u64>), reason],
            gives: (200, "The hold has ended.", vec![json::<Released>()]),
            problems: &[Code::NotFound],
            ..route("delete", "/v1/ledger/holds/{hold}", Who::Holders(&[Hold]), "End a hold", delete(holds::end))
        },
    ]
}
