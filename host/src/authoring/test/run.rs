//! Runs a module on cases.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use super::answer::{Answered, Said};
use super::case::{Case, Given};
use super::expect::{Difference, check};
use crate::authoring::project::bounds;
use crate::model::{CodeMeaning, Digest, Fault, FaultKind, ModuleKind};
use crate::sandbox::{Module, Refusal, Sandbox, SandboxError, Scratch, SetupRequest, in_scope};

/// A module that cases are run on, with any settings.
pub struct Subject<'a> {
    sandbox: &'a Sandbox,
    component: &'a [u8],
    digest: Digest,
    scripted: bool,
    /// The module compiled once for all settings: compiling an interpreter takes longer than all cases together.
    plain: Option<Module>,
    configured: HashMap<String, Result<Module, Fault>>,
    scratch: Scratch,
}

impl<'a> Subject<'a> {
    /// A component to be tested.
    #[must_use]
    pub fn new(sandbox: &'a Sandbox, component: &'a [u8], scripted: bool) -> Self {
        let digest = Digest::of(component);
        Self {
            sandbox,
            component,
            digest,
            scripted,
            plain: None,
            configured: HashMap::new(),
            scratch: Scratch::default(),
        }
    }

    /// The module with these settings, or why it does not accept them.
    ///
    /// # Errors
    /// If the component is refused whatever the settings, or the sandbox fails.
    pub fn module(&mut self, settings: &str) -> Result<Result<&Module, &Fault>, SandboxError> {
        if !self.configured.contains_key(settings) {
            let loaded = match self.load(settings) {
                Ok(module) => Ok(module),
                Err(SandboxError::Refused { refusal: refusal @ Refusal::Settings(_), .. }) => {
                    Err(Fault::new(FaultKind::Unavailable, refusal.to_string()))
                }
                Err(error) => return Err(error),
            };
            self.configured.insert(settings.to_owned(), loaded);
        }
        match self.configured.get(settings) {
            Some(loaded) => Ok(loaded.as_ref()),
            None => Err(SandboxError::Engine("a module that was loaded is gone".to_owned())),
        }
    }

    fn load(&mut self, settings: &str) -> Result<Module, SandboxError> {
        let (shape, limits) = bounds(self.scripted);
        let Self { sandbox, component, digest, .. } = *self;
        if !self.scripted {
            let request = SetupRequest { settings: settings.to_owned(), shape, strict: true, snapshot: true };
            return sandbox.load(component, digest, &request, limits);
        }
        if self.plain.is_none() {
            let request = SetupRequest { settings: "{}".to_owned(), shape, strict: false, snapshot: false };
            self.plain = Some(sandbox.load(component, digest, &request, limits)?);
        }
        let plain = self.plain.as_ref().ok_or_else(|| SandboxError::Engine("no module".to_owned()))?;
        plain.with_settings(settings, limits).map_err(|refusal| SandboxError::Refused { digest, refusal })
    }

    /// Runs the module on one input, as the host would in a set.
    ///
    /// # Errors
    /// As [`Self::module`].
    pub fn answer(&mut self, given: &Given) -> Result<Answered, SandboxError> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let answered = self.module(&given.settings)?.map(|module| answer(module, &mut scratch, given));
        let answered = answered.map_err(Clone::clone);
        self.scratch = scratch;
        Ok(answered.unwrap_or_else(|fault| Answered { said: Said::Fault(fault), fuel: 0, log: None }))
    }

    /// Every code that the module declares under any of the settings that it was run with.
    #[must_use]
    pub fn codes(&self) -> BTreeMap<&str, &str> {
        let modules = self.configured.values().filter_map(|module| module.as_ref().ok());
        let codes = modules.flat_map(|module| &module.description().codes);
        codes.map(|CodeMeaning { code, meaning }| (code.as_str(), meaning.as_str())).collect()
    }
}

fn answer(module: &Module, scratch: &mut Scratch, given: &Given) -> Answered {
    let facts = given.facts();
    if !in_scope(&module.description().applies_to, &given.suggestion, &facts) {
        return Answered { said: Said::NotCalled, fuel: 0, log: None };
    }
    match module.kind() {
        ModuleKind::Validator => {
            let answer = module.validate(scratch, &given.suggestion, &facts);
            Answered {
                said: answer.result.map_or_else(Said::Fault, Said::Findings),
                fuel: answer.fuel,
                log: answer.log,
            }
        }
        ModuleKind::Policy => {
            let answer = module.decide(scratch, &given.suggestion, &facts, &given.findings);
            Answered { said: answer.result.map_or_else(Said::Fault, Said::Verdict), fuel: answer.fuel, log: answer.log }
        }
    }
}

/// One case that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// Its name.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// What the module said.
    pub answered: Answered,
    /// How that differs from what is expected; nothing if the case passes.
    pub differences: Vec<Difference>,
    /// How long it took.
    pub took: Duration,
}

/// All cases that were run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Each case.
    pub tested: Vec<Tested>,
    /// Every code that the module declares.
    pub declared: BTreeSet<String>,
    /// Those that no case produced, with their meanings.
    pub missed: BTreeMap<String, String>,
}

impl Summary {
    /// How many cases fail.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.tested.iter().filter(|tested| !tested.differences.is_empty()).count()
    }

    /// The share of the declared codes that a case produced, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a module has some dozens of codes")]
    pub fn covered(&self) -> f64 {
        if self.declared.is_empty() {
            return 1.0;
        }
        1.0 - self.missed.len() as f64 / self.declared.len() as f64
    }
}

/// Runs cases.
///
/// # Errors
/// If the component is refused whatever the settings, or the sandbox fails.
pub fn run_cases(subject: &mut Subject<'_>, cases: &[&Case]) -> Result<Summary, SandboxError> {
    let mut tested = Vec::new();
    let mut produced = BTreeSet::new();
    for case in cases {
        let started = Instant::now();
        let answered = subject.answer(&case.given)?;
        produced.extend(answered.said.codes().into_iter().map(str::to_owned));
        tested.push(Tested {
            name: case.name.clone(),
            about: case.about.clone(),
            differences: check(&case.expect, &answered),
            answered,
            took: started.elapsed(),
        });
    }
    // Without any case, what the module declares by default is what is missed.
    if cases.is_empty() {
        subject.module("{}")?.ok();
    }
    let declared = subject.codes();
    let missed = declared.iter().filter(|(code, _)| !produced.contains(**code));
    Ok(Summary {
        missed: missed.map(|(code, meaning)| ((*code).to_owned(), (*meaning).to_owned())).collect(),
        declared: declared.keys().map(|code| (*code).to_owned()).collect(),
        tested,
    })
}
