//! What decisions are listed by.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::{Parameter, query, schema};
use crate::model::{Operation, Outcome};
use crate::web::listing::LONGEST_PAGE;

pub(super) fn filters() -> Vec<Parameter> {
    vec![
        query("cursor", "What the page before named as `next`.", schema::<u64>),
        query("limit", "How many, from 1 to 500; 50 if not given.", page_length),
        query("outcome", "Only those with this outcome.", schema::<Outcome>),
        query("from", "Not what was decided before this time.", time),
        query("to", "Only what was decided before this time.", time),
        query("set", "Only those that this set made: the digest of its lock, or NAME@VERSION.", set),
        query("system", "Only those about records of this system.", schema::<String>),
        query("object", "Only those about this kind of record.", schema::<String>),
        query("operation", "Only those about this operation.", schema::<Operation>),
        query("field", "Only those about a change of this field.", schema::<String>),
        query("assistant", "Only those about what this assistant suggested: VENDOR/MODEL.", assistant),
        query(
            "segment",
            "Only those about records of this segment; asks for the permission `read-values`.",
            schema::<String>,
        ),
        query("code", "Only those of which a reason or a finding has this code.", schema::<String>),
    ]
}

fn page_length(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": LONGEST_PAGE })
}

pub(super) fn time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}

fn set(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "@|^(sha256:)?[0-9a-f]{64}$" })
}

fn assistant(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "/" })
}
