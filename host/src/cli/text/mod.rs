//! Text for people.

mod table;

pub(super) use table::outcomes_table;

pub(super) use crate::replay::render::columns::columns as table;
pub(super) use crate::replay::render::words::{count, grouped};
pub(super) use crate::words::{explain, one_line, plain, suggested};
