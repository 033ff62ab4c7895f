//! `policy test --fuzz`: a module on inputs that are made up. It must answer each of them, with codes that it
//! declares, and the same again when asked again.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::test_runner::{Config, TestCaseError, TestError};

use super::answer::{Answered, Said};
use super::case::{File, Given};
use super::generate::{inputs, runner};
use super::run::Subject;
use super::update::indented;
use crate::authoring::AuthoringError;
use crate::model::Digest;
use crate::sandbox::SandboxError;

/// How often a failing input is made smaller, at most.
const SHRINKS: u32 = 4_096;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fuzzed {
    /// How many inputs were tried.
    pub tried: u64,
    /// The smallest input found that fails, and why.
    pub failure: Option<(Given, String)>,
}

/// Feeds made-up inputs to a module, and makes the first that fails as small as it gets.
///
/// # Errors
/// If the component or the settings are refused, or the sandbox fails.
pub fn fuzz(subject: &mut Subject<'_>, settings: &str, seed: u64, number: u32) -> Result<Fuzzed, SandboxError> {
    let strategy = match subject.module(settings)? {
        Ok(module) => inputs(module.description(), settings),
        Err(fault) => return Err(SandboxError::Engine(format!("the module cannot be tried: {fault}"))),
    };
    let config = Config { cases: number, max_shrink_iters: SHRINKS, failure_persistence: None, ..Config::default() };
    let tried = RefCell::new(0);
    let subject = RefCell::new(subject);
    let broken = RefCell::new(None);
    let result = runner(seed, config).run(&strategy, |given| {
        *tried.borrow_mut() += 1;
        let mut subject = subject.borrow_mut();
        let mut ask = || {
            subject.answer(&given).map_err(|error| {
                let said = error.to_string();
                broken.borrow_mut().get_or_insert(error);
                TestCaseError::fail(said)
            })
        };
        let (first, second) = (ask()?, ask()?);
        fault_in(&first, &second).map_or(Ok(()), |why| Err(TestCaseError::fail(why)))
    });
    if let Some(error) = broken.into_inner() {
        return Err(error);
    }
    let tried = tried.into_inner();
    match result {
        Ok(()) => Ok(Fuzzed { tried, failure: None }),
        Err(TestError::Fail(why, given)) => Ok(Fuzzed { tried, failure: Some((given, why.message().to_owned())) }),
        Err(TestError::Abort(why)) => Err(SandboxError::Engine(format!("making inputs up failed: {why}"))),
    }
}

/// What is wrong with two answers to the same input.
fn fault_in(first: &Answered, second: &Answered) -> Option<String> {
    match (&first.said, first == second) {
        (Said::Fault(fault), _) => Some(format!("fault {fault}")),
        (_, true) => None,
        (_, false) => Some("two runs of the same input differ: the module is not pure".to_owned()),
    }
}

/// Writes an input as a case that expects an answer of any kind, under a name of its own.
///
/// # Errors
/// If it cannot be written.
pub fn save(folder: &Path, given: &Given, why: &str) -> Result<PathBuf, AuthoringError> {
    let failed = |error: serde_json::Error| AuthoringError::File {
        doing: "write",
        path: folder.to_owned(),
        error: std::io::Error::other(error),
    };
    let raw = |text: String| serde_json::value::RawValue::from_string(text).map_err(failed);
    let settings = raw(given.settings.clone())?;
    let suggestion = raw(indented(&given.suggestion).map_err(failed)?)?;
    let history = raw(indented(&given.history).map_err(failed)?)?;
    let expect = raw("{}".to_owned())?;
    let file = File {
        about: format!("Made up by --fuzz, where it failed: {why}"),
        settings: (given.settings != "{}").then_some(&*settings),
        now: Some(given.now.clone()),
        suggestion: &suggestion,
        catalogue: given.catalogue.clone(),
        history: (!given.history.is_empty()).then_some(&*history),
        findings: given.findings.iter().cloned().map(Into::into).collect(),
        expect: &expect,
    };
    let text = serde_json::to_string_pretty(&file).map_err(failed)? + "\n";
    let digest = Digest::of(text.as_bytes()).short();
    fs::create_dir_all(folder).map_err(AuthoringError::file("write", folder))?;
    let path = folder.join(format!("fuzz-{digest}.json"));
    fs::write(&path, text).map_err(AuthoringError::file("write", &path))?;
    Ok(path)
}
