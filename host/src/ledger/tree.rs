//! The Merkle tree of RFC 6962: a head of 32 bytes stands for all events up to a size.

use super::Digest;

/// The leaf of an entry: SHA-256 of a zero byte and the entry.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest::of_parts(&[&[0], entry])
}

/// The node above two others: SHA-256 of a one byte and both.
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The right edge of the tree: all that is needed to add leaves and to tell the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The roots of the complete subtrees, largest first: one for each set bit of `size`.
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The frontier of `size` leaves with these peaks, largest first; `None` if their number is wrong.
    #[must_use]
    pub fn from_parts(size: u64, peaks: Vec<Digest>) -> Option<Self> {
        let fits = u32::try_from(peaks.len()) == Ok(size.count_ones());
        fits.then_some(Self { size, peaks })
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[Digest] {
        &self.peaks
    }

    /// Adds a leaf at the right.
    pub fn push(&mut self, leaf: Digest) {
        self.push_and_tell(leaf, |_, _| {});
    }

    /// Adds a leaf at the right, and tells each subtree that it completes: its height and its root, from the lowest.
    pub fn push_and_tell(&mut self, leaf: Digest, mut completed: impl FnMut(u32, Digest)) {
        let mut node = leaf;
        // Each trailing one bit of the size is a complete subtree as large as the one in hand.
        for height in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
                completed(height, node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root of the tree; of no leaves, the digest of nothing.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut smaller = self.peaks.iter().rev();
        let Some(last) = smaller.next() else { return Digest::of(b"") };
        smaller.fold(*last, |right, left| node_hash(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition in RFC 6962, section 2.1, word for word.
    fn naive(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(&naive(left), &naive(right))
            }
        }
    }

    #[test]
    fn roots_are_those_published_for_certificate_transparency() {
        let inputs =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Frontier::default();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(format!("{:x}", tree.root()), empty);
        for (input, root) in inputs.iter().zip(roots) {
            tree.push(leaf_hash(&hex::decode(input).unwrap()));
            assert_eq!(format!("{:x}", tree.root()), root);
        }
    }

    #[test]
    fn the_frontier_agrees_with_the_definition_and_with_another_implementation() {
        let mut tree = Frontier::default();
        let mut other = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
        let mut leaves = Vec::new();
        for size in 0..=300_u64 {
            assert_eq!(tree.size(), size);
            assert_eq!(tree.root(), naive(&leaves), "size {size}");
            assert_eq!(tree.root().as_bytes().as_slice(), other.root().as_bytes().as_slice(), "size {size}");
            assert_eq!(Frontier::from_parts(size, tree.peaks().to_vec()), Some(tree.clone()));
            assert_eq!(
                Frontier::from_parts(size + 1, tree.peaks().to_vec()).is_some(),
                size.count_ones() == (size + 1).count_ones()
            );
            let input = size.to_be_bytes().to_vec();
            leaves.push(leaf_hash(&input));
            tree.push(leaf_hash(&input));
            other.push(input);
        }
    }
}
