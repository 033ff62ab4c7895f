//! Works out once what is the same in every call: the compiled form would evaluate a rule that needs nothing of the input,
//! such as a table that is written down, anew for each suggestion.

use std::collections::BTreeMap;
use std::sync::Arc;

use regorus::Value;
use regorus::rvm::Instruction;
use regorus::rvm::program::Program;

/// The same program with the values of such rules in place of their calls. `value_of` gives the value of the rule at a path,
/// if it has one and needs nothing of the input.
pub fn fold(program: Arc<Program>, value_of: impl Fn(&str) -> Option<Value>) -> Arc<Program> {
    let mut program = Arc::unwrap_or_clone(program);
    let mut known: BTreeMap<u16, Option<u16>> = BTreeMap::new();
    let mut instructions = std::mem::take(&mut program.instructions);
    for instruction in &mut instructions {
        let Instruction::CallRule { dest, rule_index } = *instruction else { continue };
        let literal = known.entry(rule_index).or_insert_with(|| {
            let rule = program.rule_infos.get(usize::from(rule_index))?;
            let value = value_of(&rule.name)?;
            let place = u16::try_from(program.literals.len()).ok()?;
            program.literals.push(value);
            Some(place)
        });
        if let Some(literal_idx) = *literal {
            *instruction = Instruction::Load { dest, literal_idx };
        }
    }
    program.instructions = instructions;
    Arc::new(program)
}

/// Whether a program needs nothing of the input.
pub fn is_constant(program: &Program) -> bool {
    !program.instructions.iter().any(|instruction| matches!(instruction, Instruction::LoadInput { .. }))
}

#[cfg(test)]
mod tests {
    use regorus::rvm::program::{RuleInfo, RuleType};

    use super::*;

    #[test]
    fn a_call_of_a_constant_rule_becomes_its_value() {
        let mut program = Program::new();
        for name in ["data.p.table", "data.p.other"] {
            let rule = RuleInfo::new(name.to_owned(), RuleType::Complete, Arc::new(Vec::new()), 0, 1);
            program.rule_infos.push(rule);
        }
        for rule_index in [0, 1, 0] {
            program.instructions.push(Instruction::CallRule { dest: 3, rule_index });
        }
        let folded = fold(Arc::new(program), |path| (path == "data.p.table").then(|| Value::from("made")));
        let [first, second, third] = folded.instructions.as_slice() else { panic!("nothing is added") };
        let loads = |one: &Instruction| matches!(one, Instruction::Load { dest: 3, literal_idx: 0 });
        assert!(loads(first) && loads(third));
        assert!(matches!(second, Instruction::CallRule { rule_index: 1, .. }));
        assert_eq!(folded.literals, [Value::from("made")]);
    }
}
