//! Where the answers of modules come from: from calling them, or from somebody who knows them already.

use crate::model::{Facts, Finding, Suggestion, Verdict};
use crate::modules::SetModule;
use crate::sandbox::{Answer, Module, Scratch};

/// One call that a decision needs. A module is a pure function of what stands here.
pub struct Call<'a> {
    /// The module as its set pins it.
    pub pinned: &'a SetModule,
    /// The module, ready.
    pub module: &'a Module,
    /// The suggestion.
    pub suggestion: &'a Suggestion,
    /// What else is known.
    pub facts: &'a Facts<'a>,
    /// What the validators before it found; only policies are told.
    pub found: &'a [Finding],
}

impl Call<'_> {
    /// Calls a validator.
    pub fn validate(&self, scratch: &mut Scratch) -> Answer<Vec<Finding>> {
        self.module.validate(scratch, self.suggestion, self.facts)
    }

    /// Calls a policy.
    pub fn decide(&self, scratch: &mut Scratch) -> Answer<Verdict> {
        self.module.decide(scratch, self.suggestion, self.facts, self.found)
    }
}

/// Somebody who answers for modules. Whoever does not know an answer calls the module.
pub trait Answers {
    /// A validator's answer.
    fn validate(&mut self, call: &Call<'_>) -> Answer<Vec<Finding>>;

    /// A policy's answer.
    fn decide(&mut self, call: &Call<'_>) -> Answer<Verdict>;
}

/// Calls every module.
pub struct Calling<'a>(pub &'a mut Scratch);

impl Answers for Calling<'_> {
    fn validate(&mut self, call: &Call<'_>) -> Answer<Vec<Finding>> {
        call.validate(self.0)
    }

    fn decide(&mut self, call: &Call<'_>) -> Answer<Verdict> {
        call.decide(self.0)
    }
}
