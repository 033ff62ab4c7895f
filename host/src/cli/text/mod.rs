//! Text for people.

mod explain;
mod suggested;
mod table;

pub(super) use explain::{explain, one_line, plain};
pub(super) use suggested::suggested;
pub(super) use table::outcomes_table;

pub(super) use crate::replay::render::columns::columns as table;
pub(super) use crate::replay::render::words::{count, grouped};
