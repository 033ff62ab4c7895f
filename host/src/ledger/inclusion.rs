//! Inclusion proofs: that a leaf stands at its place in a tree, by the hashes beside the way up to the root.

use super::subtrees::split;
use super::{Digest, Subtrees, node_hash, root_over};

/// The path of the leaf number `index` in the tree of `size` leaves: `PATH` of RFC 6962, section 2.1.1, from the
/// leaf's neighbour up. Of a leaf that is not in the tree there is no path, and what is returned proves nothing.
///
/// # Errors
/// As [`Subtrees::roots`].
pub fn inclusion_path<S: Subtrees>(tree: &S, index: u64, size: u64) -> Result<Vec<Digest>, S::Error> {
    let mut leaves = 0..size;
    let mut path = Vec::new();
    while leaves.end - leaves.start > 1 {
        let middle = split(&leaves);
        if index < middle {
            path.push(root_over(tree, middle..leaves.end)?);
            leaves.end = middle;
        } else {
            path.push(root_over(tree, leaves.start..middle)?);
            leaves.start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The root to which a path leads from a leaf: RFC 9162, section 2.1.3.2. None if a tree of that size has no such
/// leaf, or its path another length.
#[must_use]
pub fn root_of_path(leaf: Digest, index: u64, size: u64, path: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut root = leaf;
    for beside in path {
        if last == 0 {
            return None;
        }
        if node & 1 == 1 || node == last {
            root = node_hash(beside, &root);
            // The last node of a row that has no neighbour moves up until it has one.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(&root, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use sha2::Sha256;

    use super::*;
    use crate::ledger::subtrees::tests::Kept;

    #[test]
    fn paths_are_those_of_another_implementation_and_lead_to_the_root() {
        let tree = Kept::of(600);
        let mut other = MemoryBackedTree::<Sha256, [u8; 8]>::new();
        for size in 1..=600_u64 {
            other.push((size - 1).to_be_bytes());
            let some = [0, 1, size / 3, size / 2, 255, 256, size - 1];
            let all = if size < 40 { 0..size } else { 0..0 };
            for index in all.chain(some).filter(|index| *index < size) {
                let path = inclusion_path(&tree, index, size).unwrap();
                let theirs = other.prove_inclusion(usize::try_from(index).unwrap());
                let ours: Vec<u8> = path.iter().flat_map(|node| *node.as_bytes()).collect();
                assert_eq!(ours, theirs.as_bytes(), "{index} of {size}");
                let leaf = tree.levels[0][usize::try_from(index).unwrap()];
                assert_eq!(root_of_path(leaf, index, size, &path), Some(tree.root(size)), "{index} of {size}");
            }
        }
    }

    #[test]
    fn another_leaf_place_size_or_path_leads_elsewhere() {
        let tree = Kept::of(40);
        for size in 1..=40_u64 {
            let root = Some(tree.root(size));
            for index in 0..size {
                let leaf = tree.levels[0][usize::try_from(index).unwrap()];
                let path = inclusion_path(&tree, index, size).unwrap();
                for other in 0..=size + 1 {
                    assert_eq!(
                        root_of_path(leaf, other, size, &path) == root,
                        other == index,
                        "{other} {index} {size}"
                    );
                }
                assert_ne!(root_of_path(Digest::of(b""), index, size, &path), root);
                let mut longer = path.clone();
                longer.push(leaf);
                assert_eq!(root_of_path(leaf, index, size, &longer), None);
                if let Some((_, shorter)) = path.split_last() {
                    assert_eq!(root_of_path(leaf, index, size, shorter), None);
                }
                for at in 0..path.len() {
                    let mut changed = path.clone();
                    changed[at] = Digest::of(b"");
                    assert_ne!(root_of_path(leaf, index, size, &changed), root);
                }
            }
        }
        assert_eq!(root_of_path(Digest::of(b""), 0, 0, &[]), None);
    }

    #[test]
    fn a_path_costs_few_reads_in_a_large_tree() {
        let tree = Kept::of(70_000);
        for index in [0, 255, 256, 35_000, 65_535, 65_536, 69_999] {
            tree.reads.set(0);
            let path = inclusion_path(&tree, index, 70_000).unwrap();
            assert!(path.len() <= 17 && tree.reads.get() <= 34, "{index}: {}", tree.reads.get());
        }
    }
}
