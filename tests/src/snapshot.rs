//! What the program promises word for word, kept in files, so that a change of it is seen in review.

use std::fs;
use std::path::{Path, PathBuf};

/// Asserts that a text is that of a file of this crate. With `UPDATE_SNAPSHOTS=1` in the environment, the file is
/// written instead.
pub fn assert_snapshot(file: &str, text: &str) {
    if update() {
        write(file, text);
    }
    let kept = fs::read_to_string(path(file)).unwrap_or_default();
    assert!(
        kept == text,
        "{file} says otherwise; if the change is meant: UPDATE_SNAPSHOTS=1\n{}",
        first_change(&kept, text)
    );
}

/// Whether snapshots are to be written.
#[must_use]
pub fn update() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1")
}

/// Writes a file of this crate.
pub fn write(file: &str, text: &str) {
    let path = path(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A file of this crate.
#[must_use]
pub fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn first_change(kept: &str, text: &str) -> String {
    let pairs = kept.lines().map(Some).chain([None]).zip(text.lines().map(Some).chain([None]));
    let change = pairs.zip(1..).find(|((kept, now), _)| kept != now);
    change.map_or_else(String::new, |((kept, now), line)| {
        format!("line {line}\n  kept  {}\n  now   {}", kept.unwrap_or("(the end)"), now.unwrap_or("(the end)"))
    })
}
