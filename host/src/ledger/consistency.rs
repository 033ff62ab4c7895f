//! Consistency proofs: that a tree begins with all leaves of an earlier one, unchanged and in their order.

use super::subtrees::split;
use super::{Digest, Head, Subtrees, Violation, node_hash, root_over};

/// The proof that the tree of `new` leaves begins with that of `old` leaves: `PROOF` of RFC 6962, section 2.1.2.
/// Empty for trees of one size, and where the earlier tree is empty.
///
/// # Errors
/// As [`Subtrees::roots`].
pub fn consistency_proof<S: Subtrees>(tree: &S, old: u64, new: u64) -> Result<Vec<Digest>, S::Error> {
    let mut proof = Vec::new();
    if old == 0 || old >= new {
        return Ok(proof);
    }
    let mut leaves = 0..new;
    while leaves.end != old {
        let middle = split(&leaves);
        if old <= middle {
            proof.push(root_over(tree, middle..leaves.end)?);
            leaves.end = middle;
        } else {
            proof.push(root_over(tree, leaves.start..middle)?);
            leaves.start = middle;
        }
    }
    // Whoever checks the proof knows the root of the earlier tree, but not that of a part of it.
    if leaves.start > 0 {
        proof.push(root_over(tree, leaves)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Whether a proof shows that the tree of the one head begins with that of the other: RFC 9162, section 2.1.4.2. Every
/// tree begins with the empty one.
#[must_use]
pub fn is_consistent(old: &Head, new: &Head, proof: &[Digest]) -> bool {
    if old.size == 0 || old.size == new.size {
        let known = if old.size == 0 { Digest::of(b"") } else { new.root };
        return proof.is_empty() && old.root == known;
    }
    if old.size > new.size {
        return false;
    }
    roots(old, new.size, proof) == Some((old.root, new.root))
}

/// That a ledger begins with the events which a kept head covers, as a proof shows it for the ledger's newest head.
///
/// # Errors
/// If the ledger has fewer events, or the proof does not show it.
pub fn begins_with(kept: &Head, newest: &Head, proof: &[Digest]) -> Result<(), Violation> {
    if kept.size > newest.size {
        return Err(Violation::shorter(kept, newest.size));
    }
    if is_consistent(kept, newest, proof) { Ok(()) } else { Err(Violation::another(kept, None)) }
}

/// The roots of both trees as the proof gives them; none if its length is wrong.
fn roots(old: &Head, new: u64, proof: &[Digest]) -> Option<(Digest, Digest)> {
    let (mut node, mut last) = (old.size - 1, new - 1);
    let complete = node.trailing_ones();
    node >>= complete;
    last >>= complete;
    // An earlier tree that is a complete subtree of the later one is where the way up begins.
    let (first, rest) = if old.size.is_power_of_two() {
        (old.root, proof)
    } else {
        proof.split_first().map(|(first, rest)| (*first, rest))?
    };
    let (mut earlier, mut later) = (first, first);
    for beside in rest {
        if last == 0 {
            return None;
        }
        if node & 1 == 1 || node == last {
            earlier = node_hash(beside, &earlier);
            later = node_hash(beside, &later);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            later = node_hash(&later, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some((earlier, later))
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use sha2::Sha256;

    use super::*;
    use crate::ledger::subtrees::tests::Kept;

    fn head(tree: &Kept, size: u64) -> Head {
        Head { size, root: tree.root(size) }
    }

    #[test]
    fn proofs_are_those_of_another_implementation_and_hold() {
        let tree = Kept::of(600);
        let mut other = MemoryBackedTree::<Sha256, [u8; 8]>::new();
        for size in 1..=600_u64 {
            other.push((size - 1).to_be_bytes());
            let some = [1, size / 3, size / 2, 255, 256, size - 1];
            let all = if size < 40 { 1..size } else { 0..0 };
            for old in all.chain(some).filter(|old| (1..size).contains(old)) {
                let proof = consistency_proof(&tree, old, size).unwrap();
                let theirs = other.prove_consistency(usize::try_from(size - old).unwrap());
                let ours: Vec<u8> = proof.iter().flat_map(|node| *node.as_bytes()).collect();
                assert_eq!(ours, theirs.as_bytes(), "{old} of {size}");
                assert!(is_consistent(&head(&tree, old), &head(&tree, size), &proof), "{old} of {size}");
            }
        }
    }

    #[test]
    fn another_tree_is_not_consistent() {
        let tree = Kept::of(70);
        let wrong = Digest::of(b"wrong");
        for new in 1..=70_u64 {
            for old in 1..=new {
                let proof = consistency_proof(&tree, old, new).unwrap();
                let (before, after) = (head(&tree, old), head(&tree, new));
                assert!(is_consistent(&before, &after, &proof));
                assert!(!is_consistent(&Head { root: wrong, ..before }, &after, &proof));
                assert!(!is_consistent(&before, &Head { root: wrong, ..after }, &proof));
                if old < new {
                    assert!(!is_consistent(&after, &before, &proof));
                }
                for at in 0..proof.len() {
                    let mut changed = proof.clone();
                    changed[at] = wrong;
                    assert!(!is_consistent(&before, &after, &changed), "{old} {new} {at}");
                }
                let longer = [proof.as_slice(), &[wrong]].concat();
                assert!(!is_consistent(&before, &after, &longer));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!is_consistent(&before, &after, shorter));
                }
            }
        }
    }

    #[test]
    fn a_ledger_that_does_not_begin_with_what_was_kept_is_told_from_a_shorter_one() {
        let tree = Kept::of(9);
        let proof = consistency_proof(&tree, 5, 9).unwrap();
        let (kept, newest) = (head(&tree, 5), head(&tree, 9));
        assert_eq!(begins_with(&kept, &newest, &proof), Ok(()));
        let other = begins_with(&Head { root: Digest::of(b"x"), ..kept }, &newest, &proof).unwrap_err();
        assert!(other.seq.is_none() && other.to_string().contains("among its first 5 events"), "{other}");
        let shorter = begins_with(&newest, &kept, &[]).unwrap_err();
        assert_eq!(shorter.to_string(), "event 5: it is missing: the head that was kept covers 9 events");
    }

    #[test]
    fn every_tree_begins_with_the_empty_one() {
        let tree = Kept::of(3);
        let empty = Head { size: 0, root: Digest::of(b"") };
        assert_eq!(consistency_proof(&tree, 0, 3).unwrap(), []);
        assert!(is_consistent(&empty, &head(&tree, 3), &[]) && is_consistent(&empty, &empty, &[]));
        assert!(!is_consistent(&Head { root: Digest::of(b"x"), ..empty }, &head(&tree, 3), &[]));
        assert!(!is_consistent(&head(&tree, 3), &empty, &[]));
    }
}
