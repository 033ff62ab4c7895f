//! A module made ready, and the calls into it: each into a fresh instance.

use bumpalo::Bump;
use wasmtime::component::{InstancePre, Lift};
use wasmtime::{Engine, Store};

use super::SandboxError;
use super::admit::Refusal;
use super::bindings::{Decide, Validate, setup, types as wit};
use super::fault::fault_of;
use super::interface::Interface;
use super::lift::Lifting;
use super::load::{Entry, Export, TrustedCode, load};
use super::lower::Lowering;
use super::setup::{Ready, Snapshot, configured, link};
use super::state::{State, store};
use crate::model::{Description, Facts, Fault, FaultKind, Finding, Limits, ModuleKind, Suggestion, Verdict};

/// Fuel for starting an instance, and for configuring it where there is no snapshot: parsing and preparing the rules of an
/// example in Rego takes 106 million.
const START_FUEL: u64 = 250_000_000;

/// What one call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// The module's answer, or why there is none.
    pub result: Result<T, Fault>,
    /// The fuel that the call alone used.
    pub fuel: u64,
    /// What the module logged.
    pub log: Option<String>,
}

/// A module that can be called, from any thread.
pub struct Module {
    engine: Engine,
    ready: Ready,
    limits: Limits,
    function: Function,
    /// The settings to configure each instance with, where there is no snapshot.
    configure: Option<String>,
}

enum Function {
    Validate(Entry<Validate>),
    Decide(Entry<Decide>),
}

impl Function {
    fn of(kind: ModuleKind, pre: InstancePre<State>) -> wasmtime::Result<Self> {
        match kind {
            ModuleKind::Validator => Entry::new(pre).map(Self::Validate),
            ModuleKind::Policy => Entry::new(pre).map(Self::Decide),
        }
    }

    fn pre(&self) -> &InstancePre<State> {
        match self {
            Self::Validate(entry) => entry.pre(),
            Self::Decide(entry) => entry.pre(),
        }
    }
}

/// An arena for the arguments of a call; each thread keeps one.
#[derive(Default)]
pub struct Scratch(Bump);

impl Module {
    pub(super) fn load(
        engine: &Engine,
        ready: Ready,
        code: &TrustedCode,
        settings: &str,
        limits: Limits,
        interface: &Interface,
    ) -> Result<Self, SandboxError> {
        let component = load(engine, code)?;
        let broken = |error: wasmtime::Error| SandboxError::Engine(format!("{error:#}"));
        let refused = |refusal: Refusal| SandboxError::Engine(refusal.to_string());
        let pre = link(engine, &ready.admitted, &component, interface).map_err(refused)?;
        let function = Function::of(ready.admitted.kind, pre).map_err(broken)?;
        let configure = match ready.snapshot {
            Snapshot::Yes => None,
            Snapshot::No(_) => Some(settings.to_owned()),
        };
        Ok(Self { engine: engine.clone(), ready, limits, function, configure })
    }

    /// The same module with other settings and limits, without compiling anything: for modules that were loaded
    /// without a snapshot.
    ///
    /// # Errors
    /// [`Refusal::Settings`] if the module refuses them.
    pub fn with_settings(&self, settings: &str, limits: Limits) -> Result<Self, Refusal> {
        let pre = self.function.pre();
        let function = Function::of(self.kind(), pre.clone()).map_err(|error| Refusal::Setup(format!("{error:#}")))?;
        let description = configured(&self.engine, &self.ready.admitted, pre, settings, true)?.describe()?;
        let ready = Ready { description, ..self.ready.clone() };
        Ok(Self { engine: self.engine.clone(), ready, limits, function, configure: Some(settings.to_owned()) })
    }

    /// What one call may use.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Validator or policy.
    #[must_use]
    pub fn kind(&self) -> ModuleKind {
        self.ready.admitted.kind
    }

    /// What the module says of itself, as configured.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.ready.description
    }

    /// Whether its calls start from a snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.ready.snapshot
    }

    /// Calls a validator in a fresh instance.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method itself is not general enough")]
    pub fn validate(&self, scratch: &mut Scratch, suggestion: &Suggestion, facts: &Facts<'_>) -> Answer<Vec<Finding>> {
        let called = self.call_validate(scratch, suggestion, facts, self.limits.fuel);
        self.answer(called, |lifting, findings| lifting.findings(findings))
    }

    /// Calls a policy in a fresh instance.
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method itself is not general enough")]
    pub fn decide(
        &self,
        scratch: &mut Scratch,
        suggestion: &Suggestion,
        facts: &Facts<'_>,
        findings: &[Finding],
    ) -> Answer<Verdict> {
        let called = self.call_decide(scratch, suggestion, facts, findings, self.limits.fuel);
        self.answer(called, |lifting, verdict| lifting.verdict(verdict))
    }

    pub(super) fn call_validate(
        &self,
        scratch: &mut Scratch,
        suggestion: &Suggestion,
        facts: &Facts<'_>,
        fuel: u64,
    ) -> Result<Called<Vec<wit::FindingResult>>, Fault> {
        let Function::Validate(entry) = &self.function else { return Err(wrong_kind("validator")) };
        scratch.0.reset();
        let lowering = Lowering { arena: &scratch.0, reads: &self.ready.description.reads, facts };
        let (given, known) = (lowering.suggestion(suggestion), lowering.facts(suggestion));
        self.call(entry, (given, known), fuel)
    }

    pub(super) fn call_decide(
        &self,
        scratch: &mut Scratch,
        suggestion: &Suggestion,
        facts: &Facts<'_>,
        findings: &[Finding],
        fuel: u64,
    ) -> Result<Called<wit::Verdict>, Fault> {
        let Function::Decide(entry) = &self.function else { return Err(wrong_kind("policy")) };
        scratch.0.reset();
        let lowering = Lowering { arena: &scratch.0, reads: &self.ready.description.reads, facts };
        let (given, known) = (lowering.suggestion(suggestion), lowering.facts(suggestion));
        let found = lowering.findings(findings);
        self.call(entry, (given, known, found), fuel)
    }

    /// Calls into a fresh instance, configured if there is no snapshot. Fuel is counted from after the start to the return.
    fn call<E, R>(&self, entry: &Entry<E>, arguments: E::Arguments<'_>, fuel: u64) -> Result<Called<R>, Fault>
    where
        E: Export<Answer = (Result<R, String>,)>,
        R: Lift,
    {
        let unavailable = |error: String| Fault::new(FaultKind::Unavailable, error);
        let state = State::new(self.limits.memory, self.limits.log);
        let mut store = store(&self.engine, state, START_FUEL).map_err(|error| unavailable(error.to_string()))?;
        let started = entry.start(&mut store, |store, instance| {
            let Some(settings) = &self.configure else { return Ok(()) };
            let configured = setup::Setup::new(&mut *store, instance)?.call_configure(store, settings)?;
            configured.map_err(|why| wasmtime::format_err!("refuses its settings: {why}"))
        });
        let function = started.map_err(|error| fault_of(&error, store.data()))?;
        store.set_fuel(fuel).map_err(|error| unavailable(error.to_string()))?;
        let returned = function.call(&mut store, arguments).map(|(returned,)| returned);
        let fuel = fuel.saturating_sub(store.get_fuel().unwrap_or_default());
        Ok(Called { store, returned, fuel })
    }

    /// What a call's return means.
    fn answer<R, T>(
        &self,
        called: Result<Called<R>, Fault>,
        lift: impl FnOnce(Lifting<'_>, R) -> Result<T, Fault>,
    ) -> Answer<T> {
        let Called { mut store, returned, fuel } = match called {
            Ok(called) => called,
            Err(fault) => return Answer { result: Err(fault), fuel: 0, log: None },
        };
        let lifting = Lifting::new(&self.limits, &self.ready.description.codes);
        let result = match returned {
            Ok(Ok(answer)) => lift(lifting, answer),
            Ok(Err(why)) => Err(lifting.declined(why)),
            Err(error) => Err(fault_of(&error, store.data())),
        };
        Answer { result, fuel, log: store.data_mut().take_log() }
    }
}

/// What one call returned, before anything of it is believed.
pub(super) struct Called<R> {
    store: Store<State>,
    /// The module's answer or its error arm, or what ended the call.
    pub(super) returned: wasmtime::Result<Result<R, String>>,
    /// The fuel that the call alone used.
    pub(super) fuel: u64,
}

fn wrong_kind(kind: &str) -> Fault {
    Fault::new(FaultKind::Unavailable, format!("is no {kind}"))
}
