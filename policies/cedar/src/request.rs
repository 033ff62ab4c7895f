//! A suggestion as requests: one for each changed field.

use std::str::FromStr;

use cedar_policy::{Context, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression as Expression};
use countersign_guest::prelude::*;

use crate::decimal;
use crate::uses::Uses;

/// What is parsed once: the names of the entity types, and which attributes are needed.
pub struct Names {
    assistant: EntityTypeName,
    action: EntityTypeName,
    record: EntityTypeName,
    uses: Uses,
}

impl Names {
    /// Parses the names.
    ///
    /// # Errors
    /// None in practice: the names are fixed.
    pub fn new(uses: Uses) -> Result<Self, String> {
        let name = |text: &str| EntityTypeName::from_str(text).map_err(|error| error.to_string());
        Ok(Self { assistant: name("Assistant")?, action: name("Action")?, record: name("Record")?, uses })
    }

    fn record(&self, of: &RecordRef) -> EntityUid {
        uid(&self.record, &format!("{}/{}/{}", of.system, of.object, of.id))
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

/// Attributes with their values.
type Pairs = Vec<(String, Expression)>;

/// A suggestion with all that its requests share.
pub struct Situation<'a> {
    names: &'a Names,
    suggestion: &'a Suggestion,
    facts: &'a Facts,
    findings: &'a [Finding],
    shared: Pairs,
}

/// One request.
pub struct Asked<'a> {
    pub request: Request,
    /// The changed field, if it is about one.
    pub field: Option<&'a str>,
    confidence: Option<f64>,
    sensitivity: Option<Sensitivity>,
    suggestion: &'a Suggestion,
}

impl Asked<'_> {
    /// The word for a placeholder of a message.
    pub fn word(&self, placeholder: &str) -> String {
        match placeholder {
            "confidence" => self.confidence.map_or_else(|| "none".to_owned(), |confidence| confidence.to_string()),
            "field" => self.field.unwrap_or_default().to_owned(),
            "object" => self.suggestion.target.object.clone(),
            "operation" => self.suggestion.operation.as_str().to_owned(),
            "sensitivity" => self.sensitivity.map_or("unknown", Sensitivity::as_str).to_owned(),
            _ => String::new(),
        }
    }
}

impl<'a> Situation<'a> {
    /// Gathers what all requests share.
    pub fn new(names: &'a Names, suggestion: &'a Suggestion, facts: &'a Facts, findings: &'a [Finding]) -> Self {
        let mut situation = Self { names, suggestion, facts, findings, shared: Vec::new() };
        situation.share();
        situation
    }

    fn share(&mut self) {
        let Self { names, suggestion, facts, .. } = self;
        let mut pairs = Pairs::new();
        let mut put = |name: &str, make: &dyn Fn() -> Option<Expression>| {
            if names.uses.attribute(name) {
                pairs.extend(make().map(|value| (name.to_owned(), value)));
            }
        };
        put("fields", &|| Some(texts(suggestion.changes.iter().map(|change| change.field.as_str()))));
        put("target", &|| {
            let RecordRef { system, object, id } = &suggestion.target;
            Some(record([("system", text(system)), ("object", text(object)), ("id", text(id))]))
        });
        put("merge_with", &|| {
            let records = suggestion.merge_with.iter().map(|one| Expression::new_entity_uid(names.record(one)));
            Some(Expression::new_set(records))
        });
        put("assistant", &|| {
            let Assistant { vendor, model, version } = &suggestion.assistant;
            Some(record([("vendor", text(vendor)), ("model", text(model)), ("version", text(version))]))
        });
        put("rationale", &|| Some(text(&suggestion.rationale)));
        put("evidence", &|| Some(evidence(&suggestion.evidence)));
        put("consents", &|| Some(consents(facts)));
        put("regimes", &|| Some(texts(facts.regimes.iter().map(String::as_str))));
        put("segment", &|| facts.segment.as_deref().map(text));
        put("now_seconds", &|| Timestamp::parse(&facts.now).map(|now| Expression::new_long(now.0)));
        self.shared = pairs;
    }

    /// The request about one changed field, or about a suggestion that changes none.
    ///
    /// # Errors
    /// The time of the decision is no time, or the engine refuses what it is given.
    pub fn asked(&self, change: Option<&'a Change>) -> Result<Asked<'a>, String> {
        let Self { names, suggestion, facts, .. } = self;
        let fact = change.and_then(|change| facts.field(&change.field));
        let field = change.map(|change| change.field.as_str());
        let own = change.and_then(|change| change.confidence);
        let confidence = own.or(suggestion.confidence);
        let mut pairs = self.shared.clone();
        let mut put = |name: &str, value: Option<Expression>| pairs.extend(value.map(|value| (name.to_owned(), value)));
        if names.uses.attribute("confidence") {
            put("confidence", confidence.and_then(decimal::confidence).map(Expression::new_decimal));
        }
        if names.uses.attribute("change") {
            put("change", change.map(|change| self.change(change, fact)));
        }
        if names.uses.attribute("history") {
            put("history", Some(self.history(field)));
        }
        if names.uses.attribute("findings") {
            put("findings", Some(self.findings(field)));
        }
        let context = Context::from_pairs(pairs).map_err(|error| error.to_string())?;
        let Assistant { vendor, model, .. } = &suggestion.assistant;
        let request = Request::new(
            uid(&names.assistant, &format!("{vendor}/{model}")),
            uid(&names.action, suggestion.operation.as_str()),
            names.record(&suggestion.target),
            context,
            None,
        );
        let request = request.map_err(|error| error.to_string())?;
        let sensitivity = fact.map(|fact| fact.sensitivity);
        Ok(Asked { request, field, confidence, sensitivity, suggestion })
    }

    fn change(&self, change: &Change, fact: Option<&FieldFact>) -> Expression {
        let uses = |name: &str| self.names.uses.attribute(name);
        let mut pairs = vec![("field", text(&change.field))];
        let mut put = |name: &'static str, value: Option<Expression>| pairs.extend(value.map(|value| (name, value)));
        if uses("prior") {
            put("prior", value(&change.prior));
        }
        if uses("proposed") {
            put("proposed", value(&change.proposed));
        }
        if uses("value") {
            put("value", fact.and_then(|fact| value(&fact.value)));
        }
        put("sensitivity", fact.map(|fact| text(fact.sensitivity.as_str())));
        put("tags", Some(texts(fact.into_iter().flat_map(|fact| &fact.tags).map(String::as_str))));
        put("verified", Some(Expression::new_bool(fact.is_some_and(|fact| fact.verified))));
        put("set_by", fact.and_then(|fact| fact.set_by.as_deref()).map(text));
        record(pairs)
    }

    fn history(&self, field: Option<&str>) -> Expression {
        let past = || self.facts.history.iter().filter(|past| field.is_none_or(|field| past.field == field));
        record([
            ("count", count(past().count())),
            ("by", texts(past().map(|past| past.by.as_str()))),
            ("fates", texts(past().map(|past| past.fate.as_str()))),
        ])
    }

    fn findings(&self, field: Option<&str>) -> Expression {
        let about = |finding: &&Finding| match (&finding.field, field) {
            (Some(of), Some(field)) => of == field,
            _ => true,
        };
        let found = || self.findings.iter().filter(about);
        record([
            ("count", count(found().count())),
            ("codes", texts(found().map(|finding| finding.code.as_str()))),
            ("severities", texts(found().map(|finding| finding.severity.as_str()))),
        ])
    }
}

fn text(text: &str) -> Expression {
    Expression::new_string(text.to_owned())
}

fn texts<'a>(of: impl Iterator<Item = &'a str>) -> Expression {
    Expression::new_set(of.map(text))
}

fn count(number: usize) -> Expression {
    Expression::new_long(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A record of these pairs. Their names are fixed and differ, so the engine has nothing to refuse.
fn record(pairs: impl IntoIterator<Item = (&'static str, Expression)>) -> Expression {
    let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
    Expression::new_record(pairs).unwrap_or_else(|_| Expression::new_bool(false))
}

fn evidence(cited: &[Evidence]) -> Expression {
    let with = |has: &dyn Fn(&Evidence) -> bool| count(cited.iter().filter(|one| has(one)).count());
    record([
        ("count", count(cited.len())),
        ("with_digest", with(&|one| one.sha256.is_some())),
        ("with_excerpt", with(&|one| one.excerpt.is_some())),
        ("kinds", texts(cited.iter().map(|one| one.kind.as_str()))),
    ])
}

fn consents(facts: &Facts) -> Expression {
    let said = rules::consent::by_purpose(&facts.consents, &facts.now);
    Expression::new_set(
        said.into_iter().map(|(purpose, say)| record([("purpose", text(purpose)), ("state", text(say.as_str()))])),
    )
}

fn value(value: &Value) -> Option<Expression> {
    let mut pairs = vec![("empty", Expression::new_bool(value.known()?.is_empty()))];
    match value {
        Value::Null | Value::Withheld => {}
        Value::Boolean(value) => pairs.push(("boolean", Expression::new_bool(*value))),
        Value::Number(number) => {
            pairs.push(("text", text(number)));
            pairs.extend(decimal::exact(number).map(|number| ("number", Expression::new_decimal(number))));
        }
        Value::Text(given) => pairs.push(("text", text(given))),
        Value::Choices(choices) => pairs.push(("choices", texts(choices.iter().map(String::as_str)))),
    }
    Some(record(pairs))
}
