//! What leaves with the whole ledger: rows for other programs, and a copy for the day when it is lost.

use axum::routing::get;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::filters::time;
use super::{Body, Route, Who, query, route, schema};
use crate::access::Permission::{BackUp, Export};
use crate::ledger::ExportFormat;
use crate::web::backup::{self, SQLITE};
use crate::web::batch::NDJSON;
use crate::web::export::{self, CSV, PARQUET};

pub(super) fn copies() -> Vec<Route> {
    vec![
        Route {
            parameters: vec![
                query("format", "How rows are written; `jsonl` if not given.", schema::<ExportFormat>),
                query("from", "Not what happened before this time.", time),
                query("to", "Only what happened before this time.", time),
                query(
                    "commitments_only",
                    "Without the column `body`, so without personal values; always so without the permission `read-values`.",
                    schema::<bool>,
                ),
            ],
            gives: (
                200,
                "The rows, one an event, as `countersign ledger export` writes them. A body that breaks off is not whole.",
                vec![
                    Body { kind: NDJSON, schema: schema::<serde_json::Map<String, serde_json::Value>> },
                    Body { kind: CSV, schema: schema::<String> },
                    Body { kind: PARQUET, schema: bytes },
                ],
            ),
            ..route(
                "get",
                "/v1/ledger/export",
                Who::Holders(&[Export]),
                "Export events as rows for other programs",
                get(export::export),
            )
        },
        Route {
            gives: (
                200,
                "The copy, as `countersign ledger backup` makes it, with all personal values. `Repr-Digest` says its SHA-256.",
                vec![Body { kind: SQLITE, schema: bytes }],
            ),
            ..route(
                "get",
                "/v1/ledger/backup",
                Who::Holders(&[BackUp]),
                "Copy all of the ledger into one file, while others write to it",
                get(backup::backup),
            )
        },
    ]
}

fn bytes(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "binary" })
}
