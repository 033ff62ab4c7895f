//! Names and contents of the files of a published log (<https://c2sp.org/tlog-tiles>).

use super::Digest;

/// How many hashes or entries a full tile or bundle holds.
pub(super) const WIDTH: u64 = 256;

/// A tile of hashes, or a bundle of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// Hashes of the subtrees of 256^level leaves.
    Hashes(u32),
    /// Entries, each behind its length in two bytes.
    Entries,
    /// Entries, each behind its length in four bytes: beside the specification, and only in place of a bundle of which
    /// some entry is too long for it.
    LongEntries,
}

/// The path of a tile, relative to the log's folder. `width` is that of a partial tile, and [`WIDTH`] of a full one.
pub(super) fn path(row: Row, number: u64, width: u64) -> String {
    let row = match row {
        Row::Hashes(level) => level.to_string(),
        Row::Entries => "entries".to_owned(),
        Row::LongEntries => "entries-long".to_owned(),
    };
    let mut digits = format!("{:03}", number % 1_000);
    let mut rest = number / 1_000;
    while rest > 0 {
        digits = format!("x{:03}/{digits}", rest % 1_000);
        rest /= 1_000;
    }
    let partial = if width < WIDTH { format!(".p/{width}") } else { String::new() };
    format!("tile/{row}/{digits}{partial}")
}

/// How many subtrees of 256^`level` leaves are complete in a tree: the hashes of that level.
pub(super) fn complete(size: u64, level: u32) -> u64 {
    size.checked_shr(level * super::subtrees::HEIGHT).unwrap_or_default()
}

/// The contents of a tile.
pub(super) fn hashes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The contents of a bundle; none if an entry is too long for it.
pub(super) fn bundle(entries: &[String]) -> Option<Vec<u8>> {
    joined(entries, |length| Some(u16::try_from(length).ok()?.to_be_bytes()))
}

/// The contents of a bundle of long entries; none if one is longer than any event can be.
pub(super) fn long_bundle(entries: &[String]) -> Option<Vec<u8>> {
    joined(entries, |length| Some(u32::try_from(length).ok()?.to_be_bytes()))
}

fn joined<const N: usize>(entries: &[String], length: impl Fn(usize) -> Option<[u8; N]>) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.len() + N).sum());
    for entry in entries {
        bytes.extend(length(entry.len())?);
        bytes.extend(entry.as_bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(path(Row::Hashes(0), 1_234_067, WIDTH), "tile/0/x001/x234/067");
        assert_eq!(path(Row::Hashes(0), 0, WIDTH), "tile/0/000");
        assert_eq!(path(Row::Hashes(2), 0, 1), "tile/2/000.p/1");
        assert_eq!(path(Row::Entries, 1_000, 255), "tile/entries/x001/000.p/255");
        assert_eq!(path(Row::LongEntries, 999, WIDTH), "tile/entries-long/999");
    }

    #[test]
    fn a_tree_of_70_000_leaves_is_divided_as_the_specification_says() {
        let divided = |level| (complete(70_000, level) / WIDTH, complete(70_000, level) % WIDTH);
        assert_eq!([divided(0), divided(1), divided(2), divided(3)], [(273, 112), (1, 17), (0, 1), (0, 0)]);
        assert_eq!((complete(256, 1), complete(u64::MAX, 7), complete(u64::MAX, 8)), (1, 255, 0));
    }

    #[test]
    fn an_entry_stands_behind_its_length() {
        assert_eq!(bundle(&["ab".to_owned(), String::new()]), Some(vec![0, 2, b'a', b'b', 0, 0]));
        assert_eq!(long_bundle(&["ab".to_owned()]), Some(vec![0, 0, 0, 2, b'a', b'b']));
        assert!(bundle(&["x".repeat(65_535)]).is_some() && bundle(&["x".repeat(65_536)]).is_none());
    }
}
