//! All addresses, each with who may use it and what it takes and gives. The router and the `OpenAPI` document are both made of
//! this table, so neither can say something else than the other. Its longer parts have files of their own.

mod audits;
mod canaries;
mod copies;
mod filters;
mod modules;
mod replays;
mod reports;
mod sets;
mod shadows;
mod truth;
mod values;

use std::sync::Arc;

use axum::routing::{MethodRouter, delete, get, post};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::app::App;
use super::batch::{self, Mistake, NDJSON};
use super::compare::{self, Compared};
use super::decisions::{self, Reproduced};
use super::health::{self, Readiness};
use super::ledger::{self, Head};
use super::listing::{self, Page};
use super::on_record::OnRecord;
use super::openapi;
use super::problem::Code;
use super::rules::{self, Rules, Set, Sets};
use super::suggestions;
use super::tokens::{self, Gone, New, Tokens, Wanted, Whoami};
use crate::access::Permission;
use crate::model::Suggestion;
use crate::runtime::WrittenAnswer;

/// The schema of a body, kept under its name in a generator.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn some_text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "\\S" })
}

/// What a body is.
pub(super) struct Body {
    pub kind: &'static str,
    pub schema: SchemaOf,
}

const fn json<T: JsonSchema>() -> Body {
    Body { kind: "application/json", schema: schema::<T> }
}

const fn text() -> Body {
    Body { kind: "text/plain", schema: schema::<String> }
}

/// A part of an address or of its query.
pub(super) struct Parameter {
    pub name: &'static str,
    pub required: bool,
    pub what: &'static str,
    pub schema: SchemaOf,
}

/// Who may use an address.
#[derive(Clone, Copy)]
pub(super) enum Who {
    /// Everybody.
    Anybody,
    /// Whoever has a token with any of these permissions; with any token, if there are none.
    Holders(&'static [Permission]),
}

/// One address and method.
pub(super) struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub who: Who,
    pub summary: &'static str,
    pub parameters: Vec<Parameter>,
    pub takes: Option<Body>,
    pub gives: (u16, &'static str, Vec<Body>),
    /// Another status with which the same is given.
    pub also: Option<(u16, &'static str)>,
    /// What can go wrong beside what can everywhere.
    pub problems: &'static [Code],
    pub handler: MethodRouter<Arc<App>>,
}

const ID: fn() -> Parameter =
    || Parameter { name: "id", required: true, what: "The suggestion's id.", schema: schema::<String> };

fn query(name: &'static str, what: &'static str, schema: SchemaOf) -> Parameter {
    Parameter { name, required: false, what, schema }
}

fn part(name: &'static str, what: &'static str, schema: SchemaOf) -> Parameter {
    Parameter { name, required: true, what, schema }
}

fn dry_run() -> Parameter {
    dry_run_of("Decide and record nothing; asks for the permission `check`.")
}

fn dry_run_of(what: &'static str) -> Parameter {
    query("dry_run", what, schema::<bool>)
}

/// An address that takes nothing and gives nothing yet.
fn route(
    method: &'static str,
    path: &'static str,
    who: Who,
    summary: &'static str,
    handler: MethodRouter<Arc<App>>,
) -> Route {
    Route {
        method,
        path,
        who,
        summary,
        parameters: Vec::new(),
        takes: None,
        gives: (200, "Done.", Vec::new()),
        also: None,
        problems: &[],
        handler,
    }
}

/// One line of what a batch gives.
#[derive(JsonSchema)]
#[expect(dead_code, clippy::large_enum_variant, reason = "only its schema is used: the lines are written one by one")]
#[schemars(untagged)]
enum BatchLine<'a> {
    Answer(WrittenAnswer<'a>),
    Mistake(Mistake),
}

/// One line of what comparing gives.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used: the lines are written one by one")]
#[schemars(untagged)]
enum CompareLine {
    Compared(Compared),
    Mistake(Mistake),
}

/// All of them.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn routes() -> Vec<Route> {
    use Permission::{
        Check, ManageTokens, Prove, ReadDecisions, ReadLedger, ReadMetrics, ReadOwn, ReadRules, Reproduce, Suggest,
    };
    let read: Who = Who::Holders(&[ReadDecisions, ReadOwn]);
    let mut all = vec![
        Route {
            parameters: vec![dry_run()],
            takes: Some(json::<Suggestion>()),
            gives: (200, "The decision. It is on disk.", vec![json::<WrittenAnswer<'static>>()]),
            problems: &[Code::Conflict, Code::TooLarge, Code::MediaType, Code::Invalid, Code::Timeout],
            ..route(
                "post",
                "/v1/suggestions",
                Who::Holders(&[Suggest, Check]),
                "Suggest a change; the same suggestion may be sent again",
                post(suggestions::suggest),
            )
        },
        Route {
            parameters: vec![dry_run()],
            takes: Some(Body { kind: NDJSON, schema: schema::<Suggestion> }),
            gives: (
                200,
                "For each line in, one line out, in order: the decision, which is on disk, or what is wrong with the line.",
                vec![Body { kind: NDJSON, schema: schema::<BatchLine<'static>> }],
            ),
            problems: &[Code::MediaType],
            ..route(
                "post",
                "/v1/suggestions:batch",
                Who::Holders(&[Suggest, Check]),
                "Suggest many changes, one JSON object a line",
                post(batch::batch),
            )
        },
        Route {
            takes: Some(Body { kind: NDJSON, schema: schema::<Suggestion> }),
            gives: (
                200,
                "For each line in, one line out, in order: what is on record under its id, or what is wrong with the line.",
                vec![Body { kind: NDJSON, schema: schema::<CompareLine> }],
            ),
            problems: &[Code::MediaType],
            ..route(
                "post",
                "/v1/suggestions:compare",
                Who::Holders(&[Suggest]),
                "Compare suggestions with what is on record under their ids; nothing is decided",
                post(compare::compare),
            )
        },
        Route {
            parameters: filters::filters(),
            gives: (200, "A page of decisions, newest first.", vec![json::<Page>()]),
            ..route("get", "/v1/decisions", Who::Holders(&[ReadDecisions]), "List decisions", get(listing::list))
        },
        Route {
            parameters: vec![ID()],
            gives: (200, "The decision with its explanation.", vec![json::<OnRecord>()]),
            problems: &[Code::NotFound],
            ..route("get", "/v1/decisions/{id}", read, "Show a decision and why it was made", get(decisions::one))
        },
        Route {
            parameters: vec![ID()],
            gives: (
                200,
                "The proof. Anybody verifies it with `countersign ledger verify --proof`.",
                vec![json::<serde_json::Map<String, serde_json::Value>>()],
            ),
            problems: &[Code::NotFound, Code::Unavailable],
            ..route(
                "get",
                "/v1/decisions/{id}/proof",
                Who::Holders(&[Prove]),
                "Get the proof that a decision is on record",
                get(decisions::proof),
            )
        },
        Route {
            parameters: vec![ID()],
            gives: (200, "Whether it came out the same.", vec![json::<Reproduced>()]),
            problems: &[Code::NotFound, Code::Erased, Code::Conflict],
            ..route(
                "get",
                "/v1/decisions/{id}/reproduce",
                Who::Holders(&[Reproduce]),
                "Make a decision again and compare",
                get(decisions::reproduce),
            )
        },
        Route {
            gives: (200, "The rules.", vec![json::<Rules>()]),
            ..route("get", "/v1/rules", Who::Holders(&[ReadRules]), "List the rules in force", get(rules::rules))
        },
        Route {
            gives: (200, "The sets.", vec![json::<Sets>()]),
            ..route("get", "/v1/sets", Who::Holders(&[ReadRules]), "List policy sets", get(rules::sets))
        },
        Route {
            parameters: vec![Parameter {
                name: "name",
                required: true,
                what: "The set's name.",
                schema: schema::<String>,
            }],
            gives: (200, "The set.", vec![json::<Set>()]),
            problems: &[Code::NotFound],
            ..route("get", "/v1/sets/{name}", Who::Holders(&[ReadRules]), "Show a policy set", get(rules::set))
        },
        Route {
            gives: (200, "The head.", vec![json::<Head>()]),
            ..route(
                "get",
                "/v1/ledger",
                Who::Holders(&[ReadLedger]),
                "Show the newest head of the ledger",
                get(ledger::head),
            )
        },
        Route {
            gives: (200, "The checkpoint, a signed note (C2SP tlog-checkpoint).", vec![text()]),
            problems: &[Code::Unavailable],
            ..route(
                "get",
                "/v1/ledger/checkpoint",
                Who::Holders(&[ReadLedger]),
                "Sign the newest head of the ledger, to be kept elsewhere",
                get(ledger::checkpoint),
            )
        },
        Route {
            gives: (200, "The key, in one line.", vec![text()]),
            problems: &[Code::Unavailable],
            ..route(
                "get",
                "/v1/ledger/key",
                Who::Holders(&[]),
                "Get the key that checkpoints and proofs are verified with",
                get(ledger::key),
            )
        },
        Route {
            gives: (200, "Who one is.", vec![json::<Whoami>()]),
            ..route(
                "get",
                "/v1/whoami",
                Who::Holders(&[]),
                "Show who the token is of, and what it may do",
                get(tokens::whoami),
            )
        },
        Route {
            gives: (200, "The tokens.", vec![json::<Tokens>()]),
            ..route(
                "get",
                "/v1/tokens",
                Who::Holders(&[ManageTokens]),
                "List the tokens that were not revoked",
                get(tokens::list),
            )
        },
        Route {
            takes: Some(json::<Wanted>()),
            gives: (201, "The token. Its text is not shown again.", vec![json::<New>()]),
            problems: &[Code::TooLarge, Code::MediaType, Code::Invalid, Code::Timeout],
            ..route("post", "/v1/tokens", Who::Holders(&[ManageTokens]), "Create a token", post(tokens::create))
        },
        Route {
            parameters: vec![
                Parameter { name: "number", required: true, what: "The token's number.", schema: schema::<u64> },
                Parameter {
                    name: "reason",
                    required: true,
                    what: "Why. It stays on record for good, so it must name nobody.",
                    schema: some_text,
                },
            ],
            gives: (200, "The token is worthless.", vec![json::<Gone>()]),
            problems: &[Code::NotFound],
            ..route(
                "delete",
                "/v1/tokens/{number}",
                Who::Holders(&[ManageTokens]),
                "Revoke a token",
                delete(tokens::revoke),
            )
        },
        Route {
            gives: (200, "The metrics, in the text format of Prometheus.", vec![text()]),
            ..route("get", "/metrics", Who::Holders(&[ReadMetrics]), "Show the metrics", get(health::metrics))
        },
        Route {
            gives: (200, "It runs.", vec![text()]),
            ..route("get", "/healthz", Who::Anybody, "Ask whether the service runs", get(health::alive))
        },
        Route {
            gives: (200, "It can do its work.", vec![json::<Readiness>()]),
            also: Some((503, "It cannot do its work.")),
            ..route("get", "/readyz", Who::Anybody, "Ask whether the service can do its work", get(health::ready))
        },
        Route {
            gives: (200, "This document.", vec![json::<serde_json::Map<String, serde_json::Value>>()]),
            ..route("get", "/openapi.json", Who::Anybody, "Get the description of all of this", get(openapi::show))
        },
    ];
    all.extend(modules::modules());
    all.extend(values::values());
    all.extend(audits::audits());
    all.extend(replays::replays());
    all.extend(sets::sets());
    all.extend(shadows::shadows());
    all.extend(canaries::canaries());
    all.extend(reports::reports());
    all.extend(truth::truth());
    all.extend(copies::copies());
    all
}
