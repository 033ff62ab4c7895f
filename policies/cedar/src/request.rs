//! A suggestion as requests: one for each changed field.

use cedar_policy_core::ast::{Context, EntityUIDEntry, Request, Value as CedarValue, ValueKind};
use countersign_guest::prelude::*;

use crate::decimal;
use crate::names::Names;
use crate::value::{count, entities, record, text, texts};

/// Attributes with their values.
type Pairs = Vec<(&'static str, CedarValue)>;

/// A suggestion with all that its requests share.
pub struct Situation<'a> {
    names: &'a Names,
    suggestion: &'a Suggestion,
    facts: &'a Facts,
    findings: &'a [Finding],
    principal: EntityUIDEntry,
    resource: EntityUIDEntry,
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
    /// The operation that is asked about.
    pub fn operation(&self) -> Operation {
        self.suggestion.operation
    }

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
        let Assistant { vendor, model, .. } = &suggestion.assistant;
        Self {
            principal: EntityUIDEntry::known(names.assistant(vendor, model), None),
            resource: EntityUIDEntry::known(names.record(&suggestion.target), None),
            shared: shared(names, suggestion, facts),
            names,
            suggestion,
            facts,
            findings,
        }
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
        let mut put = |name: &'static str, value: Option<CedarValue>| pairs.extend(value.map(|value| (name, value)));
        if names.uses.attribute("confidence") {
            let cut = confidence.and_then(decimal::confidence);
            put("confidence", cut.map(|cut| names.values.decimal(cut)).transpose()?);
        }
        if names.uses.attribute("change") {
            put("change", change.map(|change| self.change(change, fact)).transpose()?);
        }
        if names.uses.attribute("history") {
            put("history", Some(self.history(field)));
        }
        if names.uses.attribute("findings") {
            put("findings", Some(self.findings(field)));
        }
        let ValueKind::Record(context) = record(pairs).value else { return Err("there is no context".to_owned()) };
        let request = Request::new_unchecked(
            self.principal.clone(),
            names.action(suggestion.operation),
            self.resource.clone(),
            Some(Context::Value(context)),
        );
        let sensitivity = fact.map(|fact| fact.sensitivity);
        Ok(Asked { request, field, confidence, sensitivity, suggestion })
    }

    fn change(&self, change: &Change, fact: Option<&FieldFact>) -> Result<CedarValue, String> {
        let uses = |name: &str| self.names.uses.attribute(name);
        let mut pairs = vec![("field", text(&change.field))];
        let mut put = |name: &'static str, value: Option<CedarValue>| pairs.extend(value.map(|value| (name, value)));
        if uses("prior") {
            put("prior", self.value(&change.prior)?);
        }
        if uses("proposed") {
            put("proposed", self.value(&change.proposed)?);
        }
        if uses("value") {
            put("value", fact.map(|fact| self.value(&fact.value)).transpose()?.flatten());
        }
        if uses("sensitivity") {
            put("sensitivity", fact.map(|fact| text(fact.sensitivity.as_str())));
        }
        if uses("tags") {
            put("tags", Some(texts(fact.into_iter().flat_map(|fact| &fact.tags).map(String::as_str))));
        }
        put("verified", Some(CedarValue::from(fact.is_some_and(|fact| fact.verified))));
        put("set_by", fact.and_then(|fact| fact.set_by.as_deref()).map(text));
        Ok(record(pairs))
    }

    /// Nothing, if it is withheld.
    fn value(&self, value: &Value) -> Result<Option<CedarValue>, String> {
        let Some(known) = value.known() else { return Ok(None) };
        let mut pairs = vec![("empty", CedarValue::from(known.is_empty()))];
        match value {
            Value::Null | Value::Withheld => {}
            Value::Boolean(value) => pairs.push(("boolean", CedarValue::from(*value))),
            Value::Number(number) => {
                pairs.push(("text", text(number)));
                let exact = decimal::exact(number).map(|number| self.names.values.decimal(number)).transpose()?;
                pairs.extend(exact.map(|number| ("number", number)));
            }
            Value::Text(given) => pairs.push(("text", text(given))),
            Value::Choices(choices) => pairs.push(("choices", texts(choices.iter().map(String::as_str)))),
        }
        Ok(Some(record(pairs)))
    }

    fn history(&self, field: Option<&str>) -> CedarValue {
        let past = || self.facts.history.iter().filter(|past| field.is_none_or(|field| past.field == field));
        record([
            ("count", count(past().count())),
            ("by", texts(past().map(|past| past.by.as_str()))),
            ("fates", texts(past().map(|past| past.fate.as_str()))),
        ])
    }

    fn findings(&self, field: Option<&str>) -> CedarValue {
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

/// The attributes that do not depend on the field.
fn shared(names: &Names, suggestion: &Suggestion, facts: &Facts) -> Pairs {
    let mut pairs = Pairs::new();
    let mut put = |name: &'static str, make: &dyn Fn() -> Option<CedarValue>| {
        if names.uses.attribute(name) {
            pairs.extend(make().map(|value| (name, value)));
        }
    };
    put("fields", &|| Some(texts(suggestion.changes.iter().map(|change| change.field.as_str()))));
    put("target", &|| {
        let RecordRef { system, object, id } = &suggestion.target;
        Some(record([("system", text(system)), ("object", text(object)), ("id", text(id))]))
    });
    put("merge_with", &|| Some(entities(suggestion.merge_with.iter().map(|one| names.record(one)))));
    put("assistant", &|| {
        let Assistant { vendor, model, version } = &suggestion.assistant;
        Some(record([("vendor", text(vendor)), ("model", text(model)), ("version", text(version))]))
    });
    put("rationale", &|| Some(text(&suggestion.rationale)));
    put("evidence", &|| Some(evidence(&suggestion.evidence)));
    put("consents", &|| Some(consents(facts)));
    put("regimes", &|| Some(texts(facts.regimes.iter().map(String::as_str))));
    put("segment", &|| facts.segment.as_deref().map(text));
    put("now_seconds", &|| Timestamp::parse(&facts.now).map(|now| CedarValue::from(now.0)));
    pairs
}

fn evidence(cited: &[Evidence]) -> CedarValue {
    let with = |has: &dyn Fn(&Evidence) -> bool| count(cited.iter().filter(|one| has(one)).count());
    record([
        ("count", count(cited.len())),
        ("with_digest", with(&|one| one.sha256.is_some())),
        ("with_excerpt", with(&|one| one.excerpt.is_some())),
        ("kinds", texts(cited.iter().map(|one| one.kind.as_str()))),
    ])
}

fn consents(facts: &Facts) -> CedarValue {
    let said = rules::consent::by_purpose(&facts.consents, &facts.now);
    let said =
        said.into_iter().map(|(purpose, say)| record([("purpose", text(purpose)), ("state", text(say.as_str()))]));
    CedarValue::set(said, None)
}
