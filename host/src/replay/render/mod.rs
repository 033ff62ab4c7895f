//! Reports in the forms that people and machines read: text for a terminal, Markdown for a pull request, `JUnit` for
//! CI, and a page for a browser. Each is a pure function of the report and what the budget says about it, the same
//! byte for byte on every machine.
//!
//! Names come from the history, which nobody vouches for. Every form shows them through [`words::visible`] first, which
//! leaves nothing that could move a cursor or turn a line around, and then escapes what is special to itself.

pub(crate) mod columns;
pub(crate) mod html;
mod junit;
pub(crate) mod markdown;
mod opening;
pub(crate) mod rows;
mod text;
pub(crate) mod words;

#[cfg(test)]
mod sample;

pub use html::html;
pub use junit::junit;
pub use markdown::markdown;
pub use text::{shadow_text, text};
