//! Asks a person about records under a regime, and about summaries that recommend an action.

mod phrases;
mod settings;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use countersign_guest::prelude::*;
use countersign_guest::text::cut;

use phrases::Phrases;
pub use settings::Settings;

/// How many bytes of summaries are read in one call: what a call may cost is limited.
const MOST_TEXT: usize = 64 * 1024;

/// The configured module.
pub struct Regulated {
    regimes: BTreeMap<String, Outcome>,
    unknown_regime: Outcome,
    exempt: Vec<Operation>,
    role: Option<String>,
    phrases: Phrases,
    summary_fields: Vec<String>,
    on_recommendation: Outcome,
}

impl Module for Regulated {
    const NAME: &'static str = "regulated";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("regulated.regime", "The record is under a regime whose rules ask for a person."),
        ("regulated.unknown-regime", "The record is under a regime that nobody has set a rule for."),
        ("regulated.recommends-action", "The summary recommends an action."),
        ("regulated.unread-summary", "The summary could not be read: too long, or in a field not named for summaries."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let exempt = settings.exempt_operations;
        if exempt.contains(&Operation::Act) {
            return Err("exempt-operations: `act` always needs a person under a regime".to_owned());
        }
        let words = settings.recommendation_words;
        if words.len() > 200 || words.iter().any(|word| word.len() > 100) {
            return Err("recommendation-words: more than 200, or one longer than 100 bytes".to_owned());
        }
        let phrases = Phrases::new(&words).map_err(|word| format!("recommendation-words: `{word}` holds no word"))?;
        check_fields("summary-fields", &settings.summary_fields)?;
        // On top of the defaults: whoever adds a regime must not lose the others unawares.
        let mut regimes = BTreeMap::new();
        for (regime, mode) in Settings::default().regimes.into_iter().chain(settings.regimes) {
            let name = normal(&regime);
            if name.is_empty() {
                return Err("regimes: a regime is blank".to_owned());
            }
            regimes.insert(name, mode);
        }
        let role = settings.role.trim();
        Ok(Self {
            regimes,
            unknown_regime: settings.unknown_regime,
            exempt,
            role: (!role.is_empty()).then(|| role.to_owned()),
            phrases,
            summary_fields: settings.summary_fields,
            on_recommendation: settings.on_recommendation,
        })
    }

    /// What is read is the same for every operation, so `CHANGED_VALUES` would hand over the values of all other changes
    /// for the sake of summaries, and `*` the whole record. Only the fields for summaries are asked for; a summary that
    /// is written elsewhere counts as one that recommends something.
    fn reads(&self) -> Reads {
        let reads = Reads::parts(Parts::REGIMES);
        if self.reads_summaries() { reads.values(&self.summary_fields) } else { reads }
    }
}

/// A regime as it is compared.
fn normal(regime: &str) -> String {
    regime.trim().to_ascii_lowercase()
}

impl Regulated {
    fn reads_summaries(&self) -> bool {
        !self.phrases.is_empty() && self.on_recommendation > Outcome::Apply
    }

    /// What the regimes of the record ask for.
    fn regimes(&self, operation: Operation, facts: &Facts, objections: &mut Objections) {
        if self.exempt.contains(&operation) {
            return;
        }
        let least = if operation == Operation::Act { Outcome::Review } else { Outcome::Apply };
        let regimes: BTreeSet<String> = facts.regimes.iter().map(|regime| normal(regime)).collect();
        for regime in regimes {
            let known = self.regimes.get(&regime);
            let outcome = known.copied().unwrap_or(self.unknown_regime).max(least);
            let name = cut(&regime, 64);
            let reason = match known {
                Some(_) => Reason::new("regulated.regime", format!("The record is under the regime `{name}`.")),
                None => Reason::new("regulated.unknown-regime", format!("No rule is set for the regime `{name}`.")),
            };
            objections.add(outcome, reason);
        }
    }

    /// What the summary says.
    fn summary(&self, suggestion: &Suggestion, objections: &mut Objections) {
        let mut left = MOST_TEXT;
        for Change { field, proposed, .. } in &suggestion.changes {
            let reason = match self.recommendation(proposed, &mut left) {
                Ok(None) => continue,
                Ok(Some(phrase)) => Reason::new(
                    "regulated.recommends-action",
                    format!("The summary recommends an action (`{phrase}`)."),
                ),
                Err(why) => Reason::new("regulated.unread-summary", why),
            };
            objections.add(self.on_recommendation, reason.on(field));
        }
    }

    /// The phrase by which a value recommends an action; an error if it cannot be read.
    fn recommendation(&self, proposed: &Value, left: &mut usize) -> Result<Option<&str>, &'static str> {
        if *proposed == Value::Withheld {
            return Err("The summary is in a field that is not named in `summary-fields`, so it was not read.");
        }
        for text in proposed.texts() {
            *left = left.checked_sub(text.len()).ok_or("The summary is too long to be read through.")?;
            if let Some(phrase) = self.phrases.find(text) {
                return Ok(Some(phrase));
            }
        }
        Ok(None)
    }
}

impl Policy for Regulated {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let mut objections = Objections::default();
        self.regimes(suggestion.operation, facts, &mut objections);
        let regulated = !objections.is_empty();
        if suggestion.operation == Operation::Summarize && self.reads_summaries() {
            self.summary(suggestion, &mut objections);
        }
        let verdict = objections.into_verdict();
        match verdict.outcome {
            Outcome::Review | Outcome::HumanOnly if regulated => {
                Ok(verdict.with_review(ReviewNeeds { role: self.role.clone(), ..ReviewNeeds::default() }))
            }
            _ => Ok(verdict),
        }
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Regulated);

#[cfg(test)]
mod tests;
