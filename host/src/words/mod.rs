//! Decisions, suggestions and canaries in words, for whoever reads them on a terminal, on a page or over the network.

mod canary;
mod explain;
mod suggested;

pub(crate) use explain::{assigned, explain, one_line, plain};
pub(crate) use suggested::{suggested, value};

use crate::replay::render::columns::columns as table;
pub(crate) use crate::replay::render::words::{count, grouped};

pub(crate) use canary::{
    canary_ended, canary_follows, canary_stands, gate_verdict, named, of_records, promoted, why_ended,
};
