//! Aligned tables without frames.

use std::collections::BTreeMap;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::grouped;
use crate::model::{Operation, Outcome};

/// A table: the first row is its head, and every column but the first `left` ones is aligned to the right.
pub(in crate::cli) fn table(head: &[&str], left: usize, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(head.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if index == 0 { 2 } else { 1 }, 1));
        if index >= left {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

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
