//! Decides by Cedar policies of the deployment's own: their text stands in the set, is parsed and validated once, and
//! every call starts from a copy of what was parsed.

mod compile;
mod decimal;
mod names;
mod ready;
mod request;
mod rule;
mod settings;
mod uses;
mod value;

use std::collections::BTreeMap;

use cedar_policy::{PolicyId, PolicySet};
use countersign_guest::prelude::*;
use rules::answer::Joined;
use rules::settings::Declared;

use names::Names;
use ready::{Failed, Ready};
use request::Asked;
use rule::{About, Rule};
pub use settings::Settings;

/// The configured module.
pub struct Cedar {
    declared: Declared,
    policies: PolicySet,
    ready: Ready,
    names: Names,
    /// What the `forbid` policies say when they hold.
    rules: BTreeMap<PolicyId, Rule>,
    /// The code for what no policy permits.
    no_permit: String,
}

impl Module for Cedar {
    const NAME: &'static str = "cedar";
    const CODES: &'static [(&'static str, &'static str)] = &[];
    const NAMED_BY_SETTINGS: bool = true;
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let Settings { name, source, schema, reads, applies_to } = settings;
        let mut declared = Declared::check(name, Self::NAME, BTreeMap::new(), reads, applies_to)?;
        let policies = compile::policies(&source, schema.as_deref())?;
        let rules = compile::rules(&policies, &declared.name, &source)?;
        let no_permit = format!("{}.no-permit", declared.name);
        declared.codes = compile::codes(&rules, &no_permit);
        let names = Names::new(uses::Uses::of(&source))?;
        let ready = Ready::new(&policies, &names)?;
        let module = Self { declared, policies, ready, names, rules, no_permit };
        module.try_out(&source)?;
        rules::configured();
        Ok(module)
    }

    fn name(&self) -> String {
        self.declared.name.clone()
    }

    fn codes(&self) -> Vec<CodeMeaning> {
        self.declared.codes.clone()
    }

    fn applies_to(&self) -> Scope {
        self.declared.applies_to.clone()
    }

    fn reads(&self) -> Reads {
        self.declared.reads.clone()
    }
}

impl Cedar {
    /// First runs: a policy that fails on what a schema of the deployment's own promises is refused now.
    fn try_out(&self, source: &str) -> Result<(), String> {
        for (suggestion, facts, findings) in rules::sample::several() {
            match self.judge(&suggestion, &facts, &findings) {
                Ok(_) => {}
                Err(Stopped::Policy(Failed { policy, why })) => {
                    return Err(compile::at_policy(&self.policies, &policy, source, &why));
                }
                Err(Stopped::Request(why)) => return Err(why),
            }
        }
        Ok(())
    }

    fn judge(&self, s: &Suggestion, f: &Facts, found: &[Finding]) -> Result<Verdict, Stopped> {
        let about = request::Situation::new(&self.names, s, f, found);
        let mut gathered = Gathered::default();
        if s.changes.is_empty() {
            self.ask(&about.asked(None).map_err(Stopped::Request)?, &mut gathered)?;
        }
        for change in &s.changes {
            self.ask(&about.asked(Some(change)).map_err(Stopped::Request)?, &mut gathered)?;
        }
        Ok(gathered.into_verdict())
    }

    /// One request: what forbids it, or that nothing permits it.
    fn ask(&self, asked: &Asked<'_>, gathered: &mut Gathered) -> Result<(), Stopped> {
        let answer = self.ready.answer(asked.operation(), asked.request.clone()).map_err(Stopped::Policy)?;
        if answer.permitted && answer.forbidding.is_empty() {
            return Ok(());
        }
        let mut holding: Vec<&Rule> = answer.forbidding.iter().filter_map(|id| self.rules.get(*id)).collect();
        holding.sort_unstable_by_key(|rule| rule.place);
        if holding.is_empty() {
            let reason = Reason::new(&self.no_permit, "No policy permits the suggestion.").about(asked.field);
            gathered.add(About::Change, Outcome::Review, reason);
        }
        for rule in holding {
            let message = rule.message(|placeholder| asked.word(placeholder));
            let field = asked.field.filter(|_| rule.about == About::Change);
            gathered.add(rule.about, rule.outcome, Reason::new(&rule.code, message).about(field));
            gathered.needs.extend(rule.needs.clone());
        }
        Ok(())
    }
}

/// Why there is no verdict.
enum Stopped {
    /// A policy failed.
    Policy(Failed),
    /// The request could not be made.
    Request(String),
}

/// The reasons of all requests: those about the whole once and first.
#[derive(Default)]
struct Gathered {
    whole: Vec<(Outcome, Reason)>,
    changes: Vec<(Outcome, Reason)>,
    needs: Vec<ReviewNeeds>,
}

impl Gathered {
    fn add(&mut self, about: About, outcome: Outcome, reason: Reason) {
        let objection = (outcome, reason);
        match about {
            About::Suggestion if self.whole.contains(&objection) => {}
            About::Suggestion => self.whole.push(objection),
            About::Change => self.changes.push(objection),
        }
    }

    fn into_verdict(self) -> Verdict {
        let mut objections = Objections::default();
        for (outcome, reason) in self.whole.into_iter().chain(self.changes) {
            objections.add(outcome, reason);
        }
        let mut joined = Joined::default();
        self.needs.into_iter().for_each(|needs| joined.add(needs));
        joined.into_verdict(objections)
    }
}

impl Policy for Cedar {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, findings: &[Finding]) -> Result<Verdict, String> {
        self.judge(suggestion, facts, findings).map_err(|stopped| match stopped {
            Stopped::Policy(Failed { policy, why }) => {
                let code = self.rules.get(&policy).map_or("a permit policy", |rule| &rule.code);
                format!("{policy} ({code}) cannot be evaluated: {why}")
            }
            Stopped::Request(why) => why,
        })
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Cedar);

#[cfg(test)]
mod tests;
