//! Mends compiled rules where the compiler is laxer than the language: a variable that is assigned nothing does not end the
//! body, an item that is nothing is not left out of a list, and where no item of a loop gives a value `else` is not tried.

use std::sync::Arc;

use regorus::rvm::Instruction;
use regorus::rvm::instructions::GuardMode;
use regorus::rvm::program::{Program, RuleType};

/// The same program with a guard after every assignment, before every item of a list or a set, and at the end of every
/// body that gives a value. Nothing, if it gets too long for its own jumps.
pub fn harden(program: Arc<Program>) -> Option<Arc<Program>> {
    let mut program = Arc::unwrap_or_clone(program);
    let old = std::mem::take(&mut program.instructions);
    let mut new = Vec::with_capacity(old.len() + old.len() / 4);
    let mut moved = Vec::with_capacity(old.len() + 1);
    let mut value = None;
    for (place, instruction) in old.iter().enumerate() {
        moved.push(u16::try_from(new.len()).ok()?);
        match instruction {
            Instruction::RuleInit { rule_index, result_reg } => {
                let rule = program.rule_infos.get(usize::from(*rule_index))?;
                value = (rule.rule_type == RuleType::Complete).then_some(*result_reg);
            }
            Instruction::ComprehensionYield { value_reg, .. } => new.push(guard(*value_reg)),
            Instruction::RuleReturn {} => new.extend(value.map(guard)),
            _ => {}
        }
        new.push(*instruction);
        if let Instruction::Move { dest, .. } = instruction {
            if !old.get(place + 1).is_some_and(|next| is_guard(next, *dest)) {
                new.push(guard(*dest));
            }
        }
    }
    moved.push(u16::try_from(new.len()).ok()?);
    program.instructions = new;
    redirect(&mut program, &moved)?;
    // What only tools look at, and what no longer fits.
    program.sources = Vec::new();
    program.instruction_spans = Vec::new();
    Some(Arc::new(program))
}

fn guard(register: u8) -> Instruction {
    Instruction::Guard { register, mode: GuardMode::NotUndefined }
}

fn is_guard(instruction: &Instruction, of: u8) -> bool {
    matches!(instruction, Instruction::Guard { register, mode: GuardMode::NotUndefined } if *register == of)
}

/// Points every jump to where its target has moved.
fn redirect(program: &mut Program, moved: &[u16]) -> Option<()> {
    let to = |from: usize| moved.get(from).copied();
    let short = |from: &mut u16| -> Option<()> {
        *from = to(usize::from(*from))?;
        Some(())
    };
    for instruction in &mut program.instructions {
        if let Instruction::LoopNext { body_start, loop_end } = instruction {
            short(body_start)?;
            short(loop_end)?;
        }
    }
    for params in &mut program.instruction_data.loop_params {
        short(&mut params.body_start)?;
        short(&mut params.loop_end)?;
    }
    for params in &mut program.instruction_data.comprehension_begin_params {
        short(&mut params.body_start)?;
        short(&mut params.comprehension_end)?;
    }
    for rule in &mut program.rule_infos {
        let mut definitions = rule.definitions.as_ref().clone();
        for entry in definitions.iter_mut().flatten().chain(rule.destructuring_blocks.iter_mut().flatten()) {
            *entry = u32::from(to(usize::try_from(*entry).ok()?)?);
        }
        rule.definitions = definitions.into();
        // Every call of the rule copies these, and nothing reads them.
        rule.name = String::new();
        rule.function_info.iter_mut().for_each(|function| function.param_names = Vec::new());
    }
    for entry in program.entry_points.values_mut() {
        *entry = usize::from(to(*entry)?);
    }
    program.main_entry_point = u32::from(to(usize::try_from(program.main_entry_point).ok()?)?);
    Some(())
}
