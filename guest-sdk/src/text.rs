//! Text of any length, made short.

/// The beginning of a text: at most so many bytes, and no half character.
///
/// ```
/// assert_eq!(countersign_guest::text::cut("Zürich", 2), "Z");
/// ```
#[must_use]
pub fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}
