//! Outcomes in a table.

use std::collections::BTreeMap;

use super::{grouped, table};
use crate::model::{Operation, Outcome};

/// How many decisions of each outcome there are for each operation.
pub(in crate::cli) fn outcomes_table(counts: &BTreeMap<(Operation, Outcome), u64>) -> String {
    let of = |operation, outcome| counts.get(&(operation, outcome)).copied().unwrap_or_default();
    let mut operations: Vec<Operation> = counts.keys().map(|(operation, _)| *operation).collect();
    operations.dedup();
    let shown = |number: u64| if number == 0 { "·".to_owned() } else { grouped(number) };
    let row = |name: &str, numbers: [u64; 4]| {
        let all = numbers.iter().sum();
        std::iter::once(name.to_owned()).chain(numbers.map(shown)).chain([shown(all)]).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = operations
        .iter()
        .map(|operation| row(operation.as_str(), Outcome::ALL.map(|outcome| of(*operation, outcome))))
        .collect();
    if operations.len() > 1 {
        rows.push(row(
            "all",
            Outcome::ALL.map(|outcome| operations.iter().map(|operation| of(*operation, outcome)).sum()),
        ));
    }
    table(&["operation", "apply", "review", "human-only", "reject", "all"], 1, rows)
}
