//! The tree as a store keeps it: the roots of its complete subtrees of 1, 256, 65,536 … leaves.
//!
//! Every other node is computed from at most 128 of them, so a proof costs a number of reads that grows
//! with the logarithm of the tree alone.

use std::ops::Range;

use super::{Digest, Frontier, node_hash};

/// The height of one level of stored subtrees: each holds 2^8 of the level below.
pub(super) const HEIGHT: u32 = 8;

/// Reads the roots of complete subtrees.
pub trait Subtrees {
    /// Why they could not be read.
    type Error;

    /// The roots of the complete subtrees of 256^`level` leaves that have these numbers, from the left. Level 0
    /// is the leaves.
    ///
    /// # Errors
    /// If one of them is missing: never fewer are returned than were asked for.
    fn roots(&self, level: u32, numbers: Range<u64>) -> Result<Vec<Digest>, Self::Error>;
}

/// The root over some leaves: `MTH` of RFC 6962, section 2.1. The range must be one that the definition of that
/// section meets in a tree: its start is a multiple of the largest power of two that is at most its length.
///
/// # Errors
/// As [`Subtrees::roots`].
pub fn root_over<S: Subtrees>(tree: &S, leaves: Range<u64>) -> Result<Digest, S::Error> {
    let size = leaves.end.saturating_sub(leaves.start);
    let mut at = leaves.start;
    let mut peaks = Vec::new();
    for height in (0..u64::BITS).rev().filter(|height| size >> height & 1 == 1) {
        peaks.push(complete(tree, height, at >> height)?);
        at += 1 << height;
    }
    Ok(Frontier::from_parts(size, peaks).unwrap_or_default().root())
}

/// The root of the complete subtree number `number` of a height.
fn complete<S: Subtrees>(tree: &S, height: u32, number: u64) -> Result<Digest, S::Error> {
    let (level, above) = (height / HEIGHT, height % HEIGHT);
    let mut nodes = tree.roots(level, number << above..(number + 1) << above)?;
    for _ in 0..above {
        nodes = nodes.as_chunks().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    Ok(nodes.first().copied().unwrap_or_else(|| Digest::of(b"")))
}

/// Where RFC 6962 divides a range of more than one leaf: before it stands the largest power of two that is
/// smaller than their number.
pub(super) fn split(leaves: &Range<u64>) -> u64 {
    let size = leaves.end.saturating_sub(leaves.start).max(2);
    leaves.start + (1 << (size - 1).ilog2())
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::ledger::leaf_hash;

    /// A tree in memory, and how many roots were read from it.
    pub(in crate::ledger) struct Kept {
        pub levels: Vec<Vec<Digest>>,
        /// The roots of the trees of all sizes.
        roots: Vec<Digest>,
        pub reads: Cell<usize>,
    }

    impl Kept {
        /// A tree over the leaves `0`, `1`, … as eight bytes each.
        pub(in crate::ledger) fn of(size: u64) -> Self {
            let mut levels = vec![Vec::new(); 4];
            let mut frontier = Frontier::default();
            let mut roots = vec![frontier.root()];
            for number in 0..size {
                let leaf = leaf_hash(&number.to_be_bytes());
                levels[0].push(leaf);
                frontier.push_and_tell(leaf, |height, root| {
                    if height % HEIGHT == 0 {
                        levels[(height / HEIGHT) as usize].push(root);
                    }
                });
                roots.push(frontier.root());
            }
            Self { levels, roots, reads: Cell::new(0) }
        }

        pub(in crate::ledger) fn root(&self, size: u64) -> Digest {
            self.roots[usize::try_from(size).unwrap()]
        }
    }

    impl Subtrees for Kept {
        type Error = ();

        fn roots(&self, level: u32, numbers: Range<u64>) -> Result<Vec<Digest>, ()> {
            self.reads.set(self.reads.get() + 1);
            let numbers = usize::try_from(numbers.start).unwrap()..usize::try_from(numbers.end).unwrap();
            self.levels.get(level as usize).and_then(|level| level.get(numbers)).map(<[_]>::to_vec).ok_or(())
        }
    }

    #[test]
    fn the_root_of_every_size_is_read_from_a_few_subtrees() {
        let tree = Kept::of(70_000);
        for size in (0..1_100).chain([4_095, 4_096, 65_535, 65_536, 65_537, 69_999, 70_000]) {
            tree.reads.set(0);
            assert_eq!(root_over(&tree, 0..size), Ok(tree.root(size)), "size {size}");
            assert!(tree.reads.get() <= 17, "size {size}");
        }
        assert_eq!(root_over(&tree, 0..70_001), Err(()));
    }

    #[test]
    fn a_range_is_divided_as_rfc_6962_says() {
        for (size, first) in [(2, 1), (3, 2), (4, 2), (5, 4), (8, 4), (9, 8), (1 << 20, 1 << 19)] {
            assert_eq!(split(&(0..size)), first);
            assert_eq!(split(&(64..64 + size)), 64 + first);
        }
    }
}
