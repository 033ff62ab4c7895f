//! Looks through compiled rules for what the language refuses, and for what the compiled form does otherwise than the
//! language says.
//!
//! Where two definitions of a rule disagree, the language stops with an error; the compiled form takes the rule for
//! undefined, and what says `not rule` holds then. Where an operator fails inside of `not`, the language takes the
//! operand for undefined; the compiled form gives up the whole body. Either could let a suggestion pass that the rule
//! would not, so rules in which it can happen are interpreted. What is mended instead stands in `harden.rs`.

use regorus::rvm::Instruction;
use regorus::rvm::instructions::{ComprehensionMode, LoopMode};
use regorus::rvm::program::{Program, RuleInfo, RuleType};
use rules::place;

/// Refuses calls with the wrong number of arguments, and rules that need themselves.
///
/// # Errors
/// What is wrong, and where.
pub fn check(program: &Program) -> Result<(), String> {
    let mut calls = vec![Vec::new(); program.rule_infos.len()];
    let mut inside = None;
    for (place, instruction) in program.instructions.iter().enumerate() {
        match instruction {
            Instruction::RuleInit { rule_index, .. } => inside = Some(usize::from(*rule_index)),
            Instruction::CallRule { rule_index, .. } => note(&mut calls, inside, *rule_index, place),
            Instruction::FunctionCall { params_index } => {
                let Some(call) = program.instruction_data.get_function_call_params(*params_index) else { continue };
                note(&mut calls, inside, call.func_rule_index, place);
                let function = program.rule_infos.get(usize::from(call.func_rule_index));
                let Some(takes) = function.and_then(|rule| rule.function_info.as_ref()) else { continue };
                if takes.param_names.len() != usize::from(call.num_args) {
                    let what =
                        format!("the function takes {} arguments, not {}", takes.param_names.len(), call.num_args);
                    return Err(at(program, place, &what));
                }
            }
            Instruction::BuiltinCall { params_index } => {
                let Some(call) = program.instruction_data.get_builtin_call_params(*params_index) else { continue };
                let Some(takes) = program.builtin_info_table.get(usize::from(call.builtin_index)) else { continue };
                if takes.num_args != u16::from(call.num_args) {
                    let what = format!("`{}` takes {} arguments, not {}", takes.name, takes.num_args, call.num_args);
                    return Err(at(program, place, &what));
                }
            }
            _ => {}
        }
    }
    let mut state = vec![Visit::New; calls.len()];
    (0..calls.len()).try_for_each(|rule| visit(program, &calls, &mut state, rule))
}

/// The calls of each rule: of which rule, and from which instruction.
type Calls = [Vec<(usize, usize)>];

fn note(calls: &mut Calls, caller: Option<usize>, called: u16, place: usize) {
    if let Some(calls) = caller.and_then(|caller| calls.get_mut(caller)) {
        calls.push((usize::from(called), place));
    }
}

/// How far a rule's calls have been followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

fn visit(program: &Program, calls: &Calls, state: &mut [Visit], rule: usize) -> Result<(), String> {
    if state.get(rule) != Some(&Visit::New) {
        return Ok(());
    }
    set(state, rule, Visit::Open);
    for (called, place) in calls.get(rule).into_iter().flatten() {
        if state.get(*called) == Some(&Visit::Open) {
            return Err(at(program, *place, "the rule needs itself"));
        }
        visit(program, calls, state, *called)?;
    }
    set(state, rule, Visit::Done);
    Ok(())
}

fn set(state: &mut [Visit], rule: usize, to: Visit) {
    if let Some(visit) = state.get_mut(rule) {
        *visit = to;
    }
}

fn at(program: &Program, place: usize, what: &str) -> String {
    let span = program.instruction_spans.get(place).and_then(Option::as_ref);
    let (line, column) = span.map_or((1, 1), |span| (span.line.max(1), span.column.max(1)));
    place::line_and_column("source", line, column, what)
}

/// Whether the compiled form says what the language says.
pub fn is_plain(program: &Program) -> bool {
    program.rule_infos.iter().all(agrees) && code_is_plain(program)
}

/// Whether no two definitions of a rule can disagree.
fn agrees(rule: &RuleInfo) -> bool {
    match rule.rule_type {
        RuleType::PartialSet => true,
        RuleType::PartialObject => false,
        RuleType::Complete => rule.definitions.len() < 2 || rule.early_exit_on_first_success,
    }
}

fn code_is_plain(program: &Program) -> bool {
    let mut reading = Reading::default();
    let mut before = None;
    program.instructions.iter().all(|instruction| {
        let plain = reading.is_plain(program, instruction, before);
        before = Some(instruction);
        plain
    })
}

/// Where in the code the reading is.
#[derive(Default)]
struct Reading {
    /// The register of the value, in a rule that has one value and not a set of them.
    value: Option<u8>,
    comprehensions: usize,
    /// How many loops are open that go through all of a collection, outside of comprehensions.
    loops: usize,
}

impl Reading {
    fn is_plain(&mut self, program: &Program, instruction: &Instruction, before: Option<&Instruction>) -> bool {
        let data = &program.instruction_data;
        match instruction {
            Instruction::RuleInit { rule_index, result_reg } => {
                let rule = program.rule_infos.get(usize::from(*rule_index));
                let one = rule.is_none_or(|rule| rule.rule_type == RuleType::Complete);
                *self = Self { value: one.then_some(*result_reg), ..Self::default() };
                true
            }
            Instruction::ComprehensionBegin { params_index } => {
                self.comprehensions += 1;
                let mode = data.get_comprehension_begin_params(*params_index).map(|begin| &begin.mode);
                // Two values for one key are an error of the language; the compiled form keeps the last.
                matches!(mode, Some(ComprehensionMode::Set | ComprehensionMode::Array))
            }
            Instruction::ComprehensionEnd {} => {
                self.comprehensions = self.comprehensions.saturating_sub(1);
                true
            }
            Instruction::LoopStart { params_index } => {
                let mode = data.get_loop_params(*params_index).map(|params| params.mode);
                self.loops += usize::from(self.comprehensions == 0);
                matches!(mode, Some(LoopMode::Any | LoopMode::Every | LoopMode::ForEach))
            }
            Instruction::LoopNext { .. } => {
                self.loops = self.loops.saturating_sub(usize::from(self.comprehensions == 0));
                true
            }
            // Each item could give the rule another value, unless the value is written down.
            Instruction::Move { dest, src } if self.value == Some(*dest) && self.loops > 0 => {
                self.comprehensions > 0 || before.is_some_and(|before| loads(before, *src))
            }
            // These say what the language says, once they are hardened.
            Instruction::Load { .. }
            | Instruction::LoadTrue { .. }
            | Instruction::LoadFalse { .. }
            | Instruction::LoadNull { .. }
            | Instruction::LoadBool { .. }
            | Instruction::LoadData { .. }
            | Instruction::LoadInput { .. }
            | Instruction::Move { .. }
            | Instruction::Eq { .. }
            | Instruction::Ne { .. }
            | Instruction::Lt { .. }
            | Instruction::Le { .. }
            | Instruction::Gt { .. }
            | Instruction::Ge { .. }
            | Instruction::Not { .. }
            | Instruction::BuiltinCall { .. }
            | Instruction::FunctionCall { .. }
            | Instruction::Return { .. }
            | Instruction::ObjectCreate { .. }
            | Instruction::ArrayCreate { .. }
            | Instruction::SetCreate { .. }
            | Instruction::ArrayNew { .. }
            | Instruction::ArrayPush { .. }
            | Instruction::SetNew { .. }
            | Instruction::SetAdd { .. }
            | Instruction::Index { .. }
            | Instruction::IndexLiteral { .. }
            | Instruction::ChainedIndex { .. }
            | Instruction::Contains { .. }
            | Instruction::Count { .. }
            | Instruction::AssertEq { .. }
            | Instruction::Guard { .. }
            | Instruction::CallRule { .. }
            | Instruction::DestructuringSuccess {}
            | Instruction::RuleReturn {}
            | Instruction::Halt {}
            | Instruction::ComprehensionYield { .. } => true,
            // Arithmetic above all: of what is no number, the language says undefined, or stops.
            _ => false,
        }
    }
}

/// Whether the instruction puts something that is written in the rule into a register.
fn loads(instruction: &Instruction, into: u8) -> bool {
    match instruction {
        Instruction::Load { dest, .. }
        | Instruction::LoadTrue { dest }
        | Instruction::LoadFalse { dest }
        | Instruction::LoadNull { dest }
        | Instruction::LoadBool { dest, .. } => *dest == into,
        _ => false,
    }
}
