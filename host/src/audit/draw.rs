//! The draw: a pure function of what the ledger held when the month ended, and of terms that stand beside the result.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AuditError, By, ClearDecision, Month, Outcomes, Share};
use crate::ledger::{DecisionEntry, Ledger};
use crate::model::Digest;

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Of which month.
    pub month: Month,
    /// How much of each stratum.
    pub share: Share,
    /// What strata differ by: each once, in the order of [`By`].
    by: Vec<By>,
    /// Of which decisions.
    pub outcomes: Outcomes,
}

impl Terms {
    /// Terms of a draw. In what order strata are told apart makes no difference to what is drawn.
    #[must_use]
    pub fn new(month: Month, share: Share, mut by: Vec<By>, outcomes: Outcomes) -> Self {
        by.sort_unstable();
        by.dedup();
        Self { month, share, by, outcomes }
    }
}

/// What was drawn: the body of an event `sampled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// The month.
    pub month: Month,
    /// The share, in millionths.
    pub rate_ppm: Share,
    /// What strata differ by.
    pub by: Vec<By>,
    /// The outcome of the decisions that were drawn from, or `all`.
    pub outcome: Outcomes,
    /// What the order comes from.
    pub seed: Seed,
    /// How many decisions there were to draw from.
    pub population: u64,
    /// The strata in the order of their names.
    pub strata: Vec<Stratum>,
}

/// The head of the ledger when the month ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// How many events it covers: up to and with the last one that was recorded in the month.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// One stratum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stratum {
    /// Its name: a part for each of what strata differ by.
    pub stratum: Vec<String>,
    /// How many decisions are in it.
    pub population: u64,
    /// The suggestions of those that were drawn, in the order of the draw.
    pub drawn: Vec<String>,
}

impl Drawing {
    /// The terms that it was drawn on.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms { month: self.month, share: self.rate_ppm, by: self.by.clone(), outcomes: self.outcome }
    }

    /// The drawn suggestions, stratum by stratum.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.strata.iter().flat_map(|stratum| &stratum.drawn).map(String::as_str)
    }

    /// How many were drawn.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        self.strata.iter().map(|stratum| stratum.drawn.len() as u64).sum()
    }
}

/// What the members of a stratum are put in order by: SHA-256 over the 32 bytes of the root and the suggestion's id.
#[must_use]
pub fn order(root: &Digest, suggestion_id: &str) -> Digest {
    Digest::of_parts(&[root.as_bytes(), suggestion_id.as_bytes()])
}

/// Draws from what stands in the ledger before a position.
///
/// # Errors
/// [`AuditError::NoDecisions`] if there is nothing to draw from; others if the ledger cannot be read.
pub fn draw(ledger: &Ledger, terms: &Terms, before: u64) -> Result<Drawing, AuditError> {
    let mut strata: BTreeMap<Vec<String>, Vec<(Digest, String)>> = BTreeMap::new();
    let nothing = |others| AuditError::NoDecisions { month: terms.month, outcomes: terms.outcomes, others };
    let Some(range) = ledger.recorded_in(&terms.month.span(), before)? else { return Err(nothing(0)) };
    let seed = Seed { size: range.end, root: ledger.root_at(range.end)? };
    let (mut population, mut others) = (0, 0);
    ledger.decision_entries(range, |entry| {
        if !is_of(terms.month, &entry)? {
            return Ok(());
        }
        let decision = ClearDecision::read(&entry)?;
        if !terms.outcomes.holds(decision.outcome) {
            others += 1;
            return Ok(());
        }
        population += 1;
        let name = terms.by.iter().map(|by| by.name(&decision)).collect();
        strata.entry(name).or_default().push((order(&seed.root, &decision.id), decision.id));
        Ok::<_, AuditError>(())
    })?;
    if population == 0 {
        return Err(nothing(others));
    }
    let strata = strata.into_iter().map(|(stratum, members)| first(terms.share, stratum, members)).collect();
    let Terms { month, share, by, outcomes } = terms.clone();
    Ok(Drawing { month, rate_ppm: share, by, outcome: outcomes, seed, population, strata })
}

/// Whether a decision was recorded in a month. The modules' clock plays no part: it can be set.
pub(super) fn is_of(month: Month, entry: &DecisionEntry) -> Result<bool, AuditError> {
    let at: Timestamp = entry
        .at
        .parse()
        .map_err(|_| AuditError::Unreadable { seq: entry.seq, message: format!("its time is none: {:?}", entry.at) })?;
    Ok(month.span().contains(&at))
}

/// Draws from one stratum.
fn first(share: Share, stratum: Vec<String>, mut members: Vec<(Digest, String)>) -> Stratum {
    let population = members.len() as u64;
    members.sort_unstable();
    let drawn = usize::try_from(share.of(population)).unwrap_or(usize::MAX);
    Stratum { stratum, population, drawn: members.into_iter().take(drawn).map(|(_, id)| id).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of SAMPLE.md.
    #[test]
    fn the_order_is_the_documented_one() {
        let root: Digest = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".parse().unwrap();
        let ids = ["s-1", "s-2", "s-3", "s-4", "s-5"];
        let document = include_str!("SAMPLE.md");
        for id in ids {
            let row = format!("| `{id}` | `{:x}` |", order(&root, id));
            assert!(document.contains(&row), "{row}");
        }
        let members = ids.map(|id| (order(&root, id), id.to_owned())).to_vec();
        let drawn = first("50%".parse().unwrap(), vec!["all".to_owned()], members).drawn;
        assert!(document.contains(&format!("draws `{}`", drawn.join("`, `"))), "{drawn:?}");
    }

    #[test]
    fn what_strata_differ_by_has_one_order() {
        let terms = |by| Terms::new("2026-10".parse().unwrap(), "1%".parse().unwrap(), by, Outcomes::All);
        assert_eq!(terms(vec![By::Set, By::Confidence, By::Set]), terms(vec![By::Confidence, By::Set]));
    }

    #[test]
    fn the_body_of_the_event_is_the_agreed_one() {
        let drawing = Drawing {
            month: "2026-10".parse().unwrap(),
            rate_ppm: "1%".parse().unwrap(),
            by: vec![By::Confidence, By::Assistant],
            outcome: "apply".parse().unwrap(),
            seed: Seed { size: 7, root: Digest::from_bytes([1; 32]) },
            population: 1,
            strata: vec![Stratum {
                stratum: vec![">=0.99".to_owned(), "acme/x".to_owned()],
                population: 1,
                drawn: vec!["s-1".to_owned()],
            }],
        };
        let agreed = format!(
            "{{\"month\":\"2026-10\",\"rate_ppm\":10000,\"by\":[\"confidence\",\"assistant\"],\"outcome\":\"apply\",\
             \"seed\":{{\"size\":7,\"root\":\"sha256:{}\"}},\"population\":1,\
             \"strata\":[{{\"stratum\":[\">=0.99\",\"acme/x\"],\"population\":1,\"drawn\":[\"s-1\"]}}]}}",
            "01".repeat(32)
        );
        assert_eq!(serde_json::to_string(&drawing).unwrap(), agreed);
        assert_eq!(serde_json::from_str::<Drawing>(&agreed).unwrap(), drawing);
        assert!(serde_json::from_str::<Drawing>(&agreed.replace("10000", "0")).is_err());
    }
}
