//! From the text to validated policies, or to what is wrong with the text and where.

use std::collections::BTreeMap;
use std::str::FromStr;

use cedar_policy::{Effect, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use countersign_guest::prelude::*;
use miette::Diagnostic;
use rules::place;

use crate::rule::Rule;

/// What the texts are called in messages: the keys of the settings.
const SOURCE: &str = "source";
const SCHEMA: &str = "schema";

/// What policies may look at, unless the settings give another schema.
const OWN_SCHEMA: &str = include_str!("../countersign.cedarschema");

/// Parses policies and validates them.
///
/// # Errors
/// What is wrong, as `source:LINE:COLUMN: …` or `schema:LINE:COLUMN: …`.
pub fn policies(source: &str, schema: Option<&str>) -> Result<PolicySet, String> {
    if source.trim().is_empty() {
        return Err(place::line_and_column(SOURCE, 1, 1, "there is no policy: `source` is empty"));
    }
    let policies = PolicySet::from_str(source).map_err(|errors| placed(SOURCE, source, &errors))?;
    if let Some(template) = policies.templates().next() {
        let start = template.as_ref().loc().map_or(0, |loc| loc.start());
        return Err(place::at(
            SOURCE,
            source,
            start,
            "a template is no policy: write out its `?principal` or `?resource`",
        ));
    }
    let text = schema.unwrap_or(OWN_SCHEMA);
    let (schema, _) = Schema::from_cedarschema_str(text).map_err(|error| placed(SCHEMA, text, &error))?;
    let validated = Validator::new(schema).validate(&policies, ValidationMode::Strict);
    match validated.validation_errors().min_by_key(|error| offset(*error)) {
        Some(error) => Err(placed(SOURCE, source, error)),
        None => Ok(policies),
    }
}

/// What each `forbid` policy says when it holds.
///
/// # Errors
/// Which policy does not say it, and where it stands.
pub fn rules(policies: &PolicySet, name: &str, source: &str) -> Result<BTreeMap<PolicyId, Rule>, String> {
    let start = |policy: &cedar_policy::Policy| policy.as_ref().loc().map_or(0, |loc| loc.start());
    let mut forbidding: Vec<_> = policies.policies().filter(|policy| policy.effect() == Effect::Forbid).collect();
    forbidding.sort_by_key(|policy| start(policy));
    let rules = forbidding.into_iter().enumerate().map(|(place, policy)| {
        let rule = Rule::read(place, name, policy.annotations());
        let rule = rule.map_err(|why| place::at(SOURCE, source, start(policy), why))?;
        Ok((policy.id().clone(), rule))
    });
    rules.collect()
}

/// The codes of all policies, each with the message of the first that gives it.
pub fn codes(rules: &BTreeMap<PolicyId, Rule>, no_permit: &str) -> Vec<CodeMeaning> {
    let mut rules: Vec<&Rule> = rules.values().collect();
    rules.sort_by_key(|rule| rule.place);
    let mut codes: Vec<CodeMeaning> = Vec::new();
    for rule in rules {
        if codes.iter().all(|known| known.code != rule.code) {
            codes.push(CodeMeaning { code: rule.code.clone(), meaning: rule.written() });
        }
    }
    codes.push(CodeMeaning { code: no_permit.to_owned(), meaning: "No policy permits the suggestion.".to_owned() });
    codes
}

/// What is wrong with a policy, at its place.
pub fn at_policy(policies: &PolicySet, policy: &PolicyId, source: &str, why: &str) -> String {
    let loc = policies.policy(policy).and_then(|policy| policy.as_ref().loc());
    place::at(SOURCE, source, loc.map_or(0, |loc| loc.start()), why)
}

fn placed(key: &str, text: &str, error: &(impl Diagnostic + ?Sized)) -> String {
    place::at(key, text, offset(error), what(error))
}

/// The message, and what to do about it.
fn what(error: &(impl Diagnostic + ?Sized)) -> String {
    // Messages name the policy by a number that stands nowhere in the text; the place says it better.
    let message = error.to_string();
    let message = message
        .split_once("`, ")
        .filter(|(policy, _)| policy.starts_with("for policy `"))
        .map_or(message.as_str(), |(_, rest)| rest);
    match error.help() {
        Some(help) => format!("{message} ({help})"),
        None => message.to_owned(),
    }
}

fn offset(error: &(impl Diagnostic + ?Sized)) -> usize {
    error.labels().and_then(|mut labels| labels.next()).map_or(0, |label| label.offset())
}
