//! An audit's report in the forms that people read. Names come from the history, which nobody vouches for: each form shows
//! them through [`short`](crate::replay::render::words::short) and escapes what is special to itself.

mod html;
mod intervals;
mod markdown;
mod opening;
mod text;

#[cfg(test)]
mod sample;

pub use html::html;
pub use markdown::markdown;
pub use text::text;
