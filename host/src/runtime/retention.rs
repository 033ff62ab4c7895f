//! How long personal values are kept: rules of the deployment, and what is due by them.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::ledger::{Cause, Destroyed, EventKind, Ledger, LedgerError, ValuesRow};
use crate::model::Outcome;

/// The fewest days for which the values of decisions are kept: six months, for which deployers of high-risk systems keep the
/// logs of those systems (Regulation (EU) 2024/1689, article 26(6)).
pub const LEAST_DAYS: u32 = 184;

/// One rule of `[[retention]]`: of which events the values are kept for how long. What it does not name, it holds for all.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Retention {
    /// Kinds of events.
    #[serde(default)]
    kinds: Vec<EventKind>,
    /// Outcomes: then it holds for decisions alone.
    #[serde(default)]
    outcomes: Vec<Outcome>,
    /// Regimes that the suggestion was under: then it holds for decisions alone.
    #[serde(default)]
    regimes: Vec<String>,
    /// For how long.
    keep_days: Spanned<u32>,
}

impl Retention {
    /// What is wrong with the rule, and where in the file.
    pub(super) fn mistake(&self) -> Option<(usize, String)> {
        let days = *self.keep_days.get_ref();
        let decisions = self.kinds.is_empty() || self.kinds.contains(&EventKind::Decision);
        let at = self.keep_days.span().start;
        let for_decisions = !self.outcomes.is_empty() || !self.regimes.is_empty();
        if for_decisions && !decisions {
            return Some((at, "outcomes and regimes are those of decisions, which `kinds` leaves out".to_owned()));
        }
        (decisions && days < LEAST_DAYS).then(|| {
            (at, format!("keep-days is {days}; the values of decisions are kept for {LEAST_DAYS} days at least"))
        })
    }

    /// Whether it holds for an event; regimes are asked for only where they matter.
    fn fits(
        &self,
        row: &ValuesRow,
        regimes: &mut dyn FnMut() -> Result<Vec<String>, LedgerError>,
    ) -> Result<bool, LedgerError> {
        let outcome = |outcome: &Outcome| row.outcome.as_deref() == Some(outcome.as_str());
        if !(self.kinds.is_empty() || self.kinds.contains(&row.kind))
            || !(self.outcomes.is_empty() || self.outcomes.iter().any(outcome))
        {
            return Ok(false);
        }
        if self.regimes.is_empty() {
            return Ok(true);
        }
        Ok(row.outcome.is_some() && regimes()?.iter().any(|regime| self.regimes.contains(regime)))
    }

    fn keeps(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(*self.keep_days.get_ref()) * 24)
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        let list = |name: &str, items: Vec<&str>| (!items.is_empty()).then(|| format!("{name} {}", items.join(", ")));
        parts.extend(list("kinds", self.kinds.iter().map(|kind| kind.as_str()).collect()));
        parts.extend(list("outcomes", self.outcomes.iter().map(|outcome| outcome.as_str()).collect()));
        parts.extend(list("regimes", self.regimes.iter().map(String::as_str).collect()));
        let what = if parts.is_empty() { "everything".to_owned() } else { parts.join("; ") };
        write!(f, "{what}: {} days", self.keep_days.get_ref())
    }
}

/// What is due by one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due<'r> {
    /// The rule.
    pub rule: &'r Retention,
    /// The events whose values are to be destroyed, in order.
    pub events: Vec<u64>,
    /// How many more there are that are on hold.
    pub held: u64,
}

/// What is due by one rule, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Due")]
pub struct WrittenDue {
    /// The rule in words.
    pub rule: String,
    /// How many events have values that are to be destroyed.
    pub due: usize,
    /// How many more there are that are on hold.
    pub held: u64,
}

impl From<&Due<'_>> for WrittenDue {
    fn from(due: &Due<'_>) -> Self {
        Self { rule: due.rule.to_string(), due: due.events.len(), held: due.held }
    }
}

/// What is due now. For each event the first rule that fits decides; what no rule fits is kept for good.
///
/// # Errors
/// If the ledger fails, or holds a time that is none.
pub fn due<'r>(rules: &'r [Retention], ledger: &Ledger, now: Timestamp) -> Result<Vec<Due<'r>>, LedgerError> {
    let mut due: Vec<Due<'r>> = rules.iter().map(|rule| Due { rule, events: Vec::new(), held: 0 }).collect();
    ledger.each_with_values(|row| {
        let at: Timestamp = row.at.parse().map_err(|_| LedgerError::Time(row.at.clone()))?;
        let age = now.duration_since(at);
        // Younger than every rule asks for: no need to look which one fits.
        if rules.iter().all(|rule| age < rule.keeps()) {
            return Ok(());
        }
        let mut known = None;
        let mut regimes = || match &known {
            Some(regimes) => Ok(Clone::clone(regimes)),
            None => regimes_of(ledger, row.seq).inspect(|regimes| known = Some(regimes.clone())),
        };
        for due in &mut due {
            if due.rule.fits(&row, &mut regimes)? {
                if age >= due.rule.keeps() {
                    match ledger.held_by(row.seq)? {
                        Some(_) => due.held += 1,
                        None => due.events.push(row.seq),
                    }
                }
                break;
            }
        }
        Ok::<_, LedgerError>(())
    })?;
    Ok(due)
}

/// The regimes that a decided suggestion was under.
fn regimes_of(ledger: &Ledger, seq: u64) -> Result<Vec<String>, LedgerError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body {
        suggestion: Suggestion,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Suggestion {
        context: Context,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Context {
        regimes: Vec<String>,
    }
    let body = ledger.event(seq)?.and_then(|event| event.body).unwrap_or_default();
    // What cannot be read names no regime; verification says what is wrong with it.
    Ok(serde_json::from_str::<Body>(&body).unwrap_or_default().suggestion.context.regimes)
}

/// How many events are destroyed in one transaction.
const AT_ONCE: usize = 10_000;

/// Destroys what is due.
///
/// # Errors
/// If the ledger fails. What was destroyed before is on record.
pub fn expire(ledger: &mut Ledger, due: &[Due<'_>], at: &str, actor: &str) -> Result<Destroyed, LedgerError> {
    let mut all = Destroyed { log_emptied: true, ..Destroyed::default() };
    for Due { rule, events, .. } in due {
        let reason = rule.to_string();
        for events in events.chunks(AT_ONCE) {
            let destroyed = ledger.expire(events, Cause { reason: &reason, at, actor })?;
            all.events.extend(destroyed.events);
            all.by.extend(destroyed.by);
            all.held += destroyed.held;
            all.log_emptied = destroyed.log_emptied;
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Retention {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn decisions_are_kept_for_half_a_year_at_least() {
        assert_eq!(rule("keep-days = 184").mistake(), None);
        assert_eq!(rule("kinds = [\"audited\"]\nkeep-days = 7").mistake(), None);
        let (at, said) = rule("outcomes = [\"reject\"]\nkeep-days = 183").mistake().unwrap();
        assert_eq!(at, 34);
        assert_eq!(said, "keep-days is 183; the values of decisions are kept for 184 days at least");
        assert!(rule("kinds = [\"audited\"]\nregimes = [\"health\"]\nkeep-days = 7").mistake().is_some());
        toml::from_str::<Retention>("kinds = [\"decisions\"]\nkeep-days = 200").unwrap_err();
    }

    #[test]
    fn a_rule_fits_what_it_names() {
        let row = |kind, outcome: Option<&str>| ValuesRow {
            seq: 1,
            kind,
            at: String::new(),
            outcome: outcome.map(str::to_owned),
        };
        let decision = |outcome| row(EventKind::Decision, Some(outcome));
        let fits = |text, row: &ValuesRow| rule(text).fits(row, &mut || Ok(vec!["health".to_owned()])).unwrap();
        assert!(fits("keep-days = 200", &decision("apply")) && fits("keep-days = 200", &row(EventKind::Held, None)));
        let rejects = "outcomes = [\"reject\"]\nkeep-days = 200";
        assert!(fits(rejects, &decision("reject")) && !fits(rejects, &decision("apply")));
        assert!(!fits(rejects, &row(EventKind::Audited, None)));
        let health = "regimes = [\"banking\", \"health\"]\nkeep-days = 200";
        assert!(fits(health, &decision("reject")) && !fits(health, &row(EventKind::Audited, None)));
        assert!(!fits("regimes = [\"banking\"]\nkeep-days = 200", &decision("reject")));
        let audits = "kinds = [\"audited\"]\nkeep-days = 20";
        assert!(fits(audits, &row(EventKind::Audited, None)) && !fits(audits, &decision("apply")));
        assert_eq!(rule(health).to_string(), "regimes banking, health: 200 days");
        assert_eq!(rule("keep-days = 200").to_string(), "everything: 200 days");
    }
}
