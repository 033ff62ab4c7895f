//! What a proof costs as the tree grows: hashes that are read, hashes in the proof, time.

use std::cell::Cell;
use std::convert::Infallible;
use std::hint::black_box;
use std::ops::Range;

use countersign::ledger::{Frontier, Subtrees, consistency_proof, inclusion_path};
use countersign::model::Digest;

use crate::rounds::{Variant, processor_time};
use crate::table::heading;

/// A tree of made-up leaves, with the roots of its subtrees of 256, 65,536 … leaves kept as a ledger keeps them.
struct Synthetic {
    levels: Vec<Vec<Digest>>,
    read: Cell<u64>,
}

fn leaf(number: u64) -> Digest {
    Digest::of(&number.to_be_bytes())
}

impl Synthetic {
    fn of(size: u64) -> Self {
        let mut levels: Vec<Vec<Digest>> = Vec::new();
        let mut tree = Frontier::default();
        for number in 0..size {
            tree.push_and_tell(leaf(number), |height, root| {
                if height > 0 && height.is_multiple_of(8) {
                    let level = (height / 8) as usize;
                    levels.resize_with(levels.len().max(level), Vec::new);
                    levels[level - 1].push(root);
                }
            });
        }
        Self { levels, read: Cell::new(0) }
    }
}

impl Subtrees for Synthetic {
    type Error = Infallible;

    fn roots(&self, level: u32, numbers: Range<u64>) -> Result<Vec<Digest>, Infallible> {
        self.read.set(self.read.get() + (numbers.end - numbers.start));
        Ok(match level {
            0 => numbers.map(leaf).collect(),
            _ => self.levels[level as usize - 1][numbers.start as usize..numbers.end as usize].to_vec(),
        })
    }
}

pub fn table() {
    heading("A proof, as the ledger grows");
    println!("| events | hashes read | hashes in the proof | µs | hashes read for consistency with half of it |");
    println!("| ---: | ---: | ---: | ---: | ---: |");
    for size in [1_000, 100_000, 10_000_000] {
        let tree = Synthetic::of(size);
        let index = size / 3;
        let path = inclusion_path(&tree, index, size).unwrap();
        let read = tree.read.take();
        consistency_proof(&tree, size / 2, size).unwrap();
        let consistency = tree.read.take();
        let measured = processor_time(vec![Variant::new("proof", || {
            black_box(inclusion_path(&tree, black_box(index), size).unwrap());
        })]);
        let micros = measured[0].median() / 1_000.0;
        println!("| {size} | {read} | {} | {micros:.0} | {consistency} |", path.len());
    }
    println!();
}
