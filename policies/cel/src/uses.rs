//! Which parts of the document an expression looks at.

use engine::common::ast::{EntryExpr, Expr, IdedExpr};
use rules::uses::Uses;

/// The paths that begin with a variable, wherever they stand. A variable of a macro that hides one of the document's counts
/// as that one: too much is made then, never too little.
pub fn of(expression: &IdedExpr) -> Uses {
    let mut uses = Uses::default();
    look(expression, &mut uses);
    uses
}

fn look(at: &IdedExpr, uses: &mut Uses) {
    if let Some(path) = path(&at.expr) {
        return uses.note(&path);
    }
    match &at.expr {
        Expr::Select(select) => look(&select.operand, uses),
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).for_each(|part| look(part, uses)),
        Expr::Comprehension(of) => {
            for part in [&of.iter_range, &of.accu_init, &of.loop_cond, &of.loop_step, &of.result] {
                look(part, uses);
            }
        }
        Expr::List(list) => list.elements.iter().for_each(|element| look(element, uses)),
        Expr::Map(map) => map.entries.iter().for_each(|entry| look_at_entry(&entry.expr, uses)),
        Expr::Struct(made) => made.entries.iter().for_each(|entry| look_at_entry(&entry.expr, uses)),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
    }
}

fn look_at_entry(entry: &EntryExpr, uses: &mut Uses) {
    match entry {
        EntryExpr::StructField(field) => look(&field.value, uses),
        EntryExpr::MapEntry(entry) => {
            look(&entry.key, uses);
            look(&entry.value, uses);
        }
    }
}

/// The names of `a.b.c`, or of `has(a.b.c)`.
fn path(of: &Expr) -> Option<Vec<&str>> {
    match of {
        Expr::Ident(name) => Some(vec![name]),
        Expr::Select(select) => {
            let mut path = path(&select.operand.expr)?;
            path.push(&select.field);
            Some(path)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rules::document::Key;

    use super::*;

    fn uses(source: &str) -> Uses {
        of(&crate::compile::compile(&Arc::new(crate::compile::env().unwrap()), source).unwrap())
    }

    #[test]
    fn what_is_named_is_made() {
        let uses = uses("suggestion.changes.filter(c, has(facts.segment) && c.field in facts.fields).map(c, {})");
        assert!(uses.suggestion(Key::Changes) && uses.facts(Key::Segment) && uses.facts(Key::Fields));
        assert!(!uses.suggestion(Key::Evidence) && !uses.facts(Key::History) && !uses.findings());
    }

    #[test]
    fn what_is_not_named_by_a_field_is_made_whole() {
        let uses = uses("[suggestion].map(s, s[\"id\"]).filter(id, findings.exists(f, f.code == id)).map(c, {})");
        assert!(uses.suggestion(Key::Id) && uses.suggestion(Key::Rationale) && uses.findings());
        assert!(!uses.facts(Key::Now));
    }
}
