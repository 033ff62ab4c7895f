//! Numbers by which a state knows a person.
//!
//! Each is accepted by its check digits where it has any. Numbers that are easily something else
//! (nine bare digits) count only near a word that says what they are.

mod europe;
mod overseas;

use crate::cursor::{Cursor, Groups};

/// What the id that begins here is, and where it ends, if there is one. `phone`: the text is a phone
/// number, so that groups of digits alone prove nothing.
pub(crate) fn find(cursor: &Cursor, groups: Option<&Groups>, phone: bool) -> Option<(&'static str, usize)> {
    match groups {
        Some(groups) => europe::numeric(cursor, groups, phone).or_else(|| overseas::numeric(cursor, groups, phone)),
        None => europe::lettered(cursor),
    }
}
