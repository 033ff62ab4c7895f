//! From the text to a machine, or to what is wrong with the text and where.

use std::sync::{Arc, Mutex};

use regorus::languages::rego::compiler::{Compiler, CompilerError, SpannedCompilerError};
use regorus::rvm::program::Program;
use regorus::rvm::vm::RegoVM;
use regorus::{CompiledPolicy, Engine, Value};
use rules::place;
use rules::uses::Uses;

use crate::document::Values;
use crate::fold::{fold, is_constant};
use crate::harden::harden;
use crate::machine::Machine;
use crate::plain;

/// What the text is called in messages: the key of the settings.
const SOURCE: &str = "source";

/// Compiles a text whose package has a rule `verdict`.
///
/// # Errors
/// What is wrong, as `source:LINE:COLUMN: …`, or `data: …`.
pub fn compile(source: String, data: serde_json::Map<String, serde_json::Value>) -> Result<Machine, String> {
    Ok(match both(source, data)? {
        Both { compiled: Some(compiled), interpreted } if agree(&compiled, &interpreted) => compiled,
        Both { interpreted, .. } => interpreted,
    })
}

/// A rule made ready in both ways; compiled only where that says what the language says, as far as one can see.
pub struct Both {
    pub compiled: Option<Machine>,
    pub interpreted: Machine,
}

/// Compiles a text both ways.
///
/// # Errors
/// See [`compile`].
pub fn both(source: String, data: serde_json::Map<String, serde_json::Value>) -> Result<Both, String> {
    if source.trim().is_empty() {
        return Err(place::line_and_column(SOURCE, 1, 1, "there is no rule: `source` is empty"));
    }
    let mut engine = Engine::new();
    // As in OPA: a built-in function that fails leaves its expression undefined.
    engine.set_strict_builtin_errors(false);
    engine.set_gather_prints(true);
    let default_functions = has_default_function(&source);
    engine.add_policy(SOURCE.to_owned(), source).map_err(|error| placed(&error))?;
    let data = Value::from(serde_json::Value::Object(data));
    engine.add_data(data.clone()).map_err(|error| format!("data: {error}"))?;
    let verdict = verdict_of(&engine)?;
    let compiled = engine.compile_with_entrypoint(&verdict.as_str().into()).map_err(|error| {
        let error = placed(&error);
        let missing = format!("the package has no rule `verdict` ({verdict})");
        if error.contains("not a valid rule path") { place::line_and_column(SOURCE, 1, 1, missing) } else { error }
    })?;
    let compilable = check_all(&compiled)? && !default_functions;
    let program = if compilable { machine_code(&compiled, &verdict, &data)? } else { None };
    let compiled = program.map(|program| machine(program, data)).transpose()?;
    Ok(Both { compiled, interpreted: Machine::Interpreted(Mutex::new(engine), verdict) })
}

fn machine(program: Arc<Program>, data: Value) -> Result<Machine, String> {
    let mut machine = RegoVM::new();
    machine.load_program(program);
    // Fuel bounds what a rule may cost.
    machine.set_max_instructions(usize::MAX);
    machine.set_data(data).map_err(|error| format!("data: {error}"))?;
    Ok(Machine::Compiled(Mutex::new(machine)))
}

/// The compiled form of the verdict, where it says what the language says.
fn machine_code(compiled: &CompiledPolicy, verdict: &str, data: &Value) -> Result<Option<Arc<Program>>, String> {
    let program = Compiler::compile_from_policy(compiled, &[verdict]).map_err(|error| refused(&error))?;
    let plain = Some(program).filter(|program| plain::is_plain(program));
    Ok(plain.map(|program| fold(program, |path| constant(compiled, path, data))).and_then(harden))
}

/// The value of a rule that needs nothing of the input, if it has one.
fn constant(compiled: &CompiledPolicy, path: &str, data: &Value) -> Option<Value> {
    let program = Compiler::compile_from_policy(compiled, &[path]).ok()?;
    let program = Some(program).filter(|program| is_constant(program) && plain::is_plain(program)).and_then(harden)?;
    machine(program, data.clone()).ok()?.run(Value::Null).ok()
}

/// Whether both say the same of the samples: the last of the checks that the compiled form says what the language says.
fn agree(compiled: &Machine, interpreted: &Machine) -> bool {
    let values = Values::default();
    rules::sample::several().all(|(suggestion, facts, findings)| {
        let input = rules::document::whole(&values, &suggestion, &facts, &findings, Uses::EVERYTHING);
        compiled.run(input.clone()).ok() == interpreted.run(input).ok()
    })
}

/// The path of the rule `verdict` in the package of the only text.
fn verdict_of(engine: &Engine) -> Result<String, String> {
    let packages = engine.get_policy_package_components().map_err(|error| placed(&error))?;
    let mut path = "data".to_owned();
    for component in packages.into_iter().flat_map(|package| package.components) {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if component.bytes().all(word) && !component.starts_with(|first: char| first.is_ascii_digit()) {
            path.push('.');
            path.push_str(&component);
        } else {
            path.push_str(&format!("[{}]", serde_json::Value::from(component)));
        }
    }
    path.push_str(".verdict");
    Ok(path)
}

/// Compiles every rule, whether the verdict needs it or not: an unknown function is found now or at the first suggestion
/// that comes by. Says whether the compiled form knows everything that the rules use.
fn check_all(compiled: &CompiledPolicy) -> Result<bool, String> {
    let mut all = true;
    for path in compiled.get_rules().keys() {
        match Compiler::compile_from_policy(compiled, &[path]) {
            Ok(program) => plain::check(&program)?,
            Err(error) if is_wrong(&error) => return Err(refused(&error)),
            Err(_) => all = false,
        }
    }
    Ok(all)
}

/// Whether there may be a function with a default, which the compiler leaves out without a word.
fn has_default_function(source: &str) -> bool {
    let mut heads = source.lines().filter_map(|line| line.trim_start().strip_prefix("default")?.split('=').next());
    heads.any(|head| head.contains('('))
}

/// Whether the rule is wrong, and not just one that the interpreter knows and the compiler does not.
fn is_wrong(error: &SpannedCompilerError) -> bool {
    match &error.error {
        CompilerError::UnknownFunction { .. }
        | CompilerError::UnknownBuiltinFunction { .. }
        | CompilerError::NotBuiltinFunction { .. } => true,
        // The compiler has no iteration over `data`, as in `data.list[_]`, and takes the index for a variable.
        CompilerError::UndefinedVariable { .. } => error.span.as_ref().is_none_or(|span| {
            let before = span.source.get_contents().as_bytes().get(..span.start as usize).unwrap_or_default();
            !before.trim_ascii_end().ends_with(b"[")
        }),
        CompilerError::General { message } => message.contains("recursion"),
        _ => false,
    }
}

fn refused(error: &SpannedCompilerError) -> String {
    let (line, column) = error.span.as_ref().map_or((1, 1), |span| (span.line as usize, span.col as usize));
    place::line_and_column(SOURCE, line, column, &error.error)
}

/// The engine's message, which draws the place under `--> source:LINE:COLUMN`, in one line.
pub fn placed(error: &impl std::fmt::Display) -> String {
    let text = format!("{error:#}");
    let at = text.split_once("--> source:").and_then(|(_, rest)| rest.lines().next()?.split_once(':'));
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let what = text.split_once("error: ").map_or(text.as_str(), |(_, what)| what);
    let (line, column) = at.and_then(|(line, column)| Some((number(line)?, number(column)?))).unwrap_or((1, 1));
    place::line_and_column(SOURCE, line, column, what)
}
