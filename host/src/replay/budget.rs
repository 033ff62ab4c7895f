//! Budgets: limits on a report's figures, in a TOML file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::counts::{Counts, Dimension};
use super::figures::{Figure, figures, of_slice};

/// Limits on figures.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The limits, in the order of the file.
    #[serde(rename = "limit")]
    limits: Vec<Limit>,
}

/// A limit on one figure.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limit {
    /// The figure, as `countersign schema replay` and the report name it.
    figure: String,
    /// Only for suggestions of one name in one dimension, such as `{ field = "email" }`.
    #[serde(rename = "where", default)]
    of: BTreeMap<Dimension, String>,
    /// The most that it may be.
    max: Option<f64>,
    /// The least that it may be.
    min: Option<f64>,
    /// The most by which it may be above the baseline's.
    max_rise: Option<f64>,
    /// The most by which it may be below the baseline's.
    max_fall: Option<f64>,
    /// The most by which it may be above the baseline's, in percent of that.
    max_rise_percent: Option<f64>,
    /// The most by which it may be below the baseline's, in percent of that.
    max_fall_percent: Option<f64>,
}

/// What one limit says about a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The figure, such as `false-apply-rate of field email`.
    pub figure: String,
    /// The limit, such as `at most 0.02`.
    pub limit: String,
    /// What was found, such as `0.031`, or why nothing was.
    pub found: String,
    /// Whether the limit is exceeded. A figure that cannot be computed exceeds every limit.
    pub exceeded: bool,
}

/// Why a budget cannot be used. The message says where.
#[derive(Debug, thiserror::Error)]
pub enum BudgetError {
    /// The file is wrong.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A limit is wrong.
    #[error("limit {number} (`{figure}`): {message}")]
    Limit {
        /// Which limit, from 1.
        number: usize,
        /// Its figure.
        figure: String,
        /// What is wrong.
        message: String,
    },
}

impl Budget {
    /// Reads a budget.
    ///
    /// # Errors
    /// See [`BudgetError`].
    pub fn parse(text: &str) -> Result<Self, BudgetError> {
        let budget: Self = toml::from_str(text)?;
        for (limit, number) in budget.limits.iter().zip(1..) {
            let figure = limit.figure.clone();
            limit.check().map_err(|message| BudgetError::Limit { number, figure, message })?;
        }
        Ok(budget)
    }

    /// Holds a report's counts against every limit. An incomplete report exceeds them all: what is missing might.
    #[must_use]
    pub fn check(&self, counts: &Counts, complete: bool) -> Vec<Checked> {
        let all = figures(counts);
        self.limits.iter().flat_map(|limit| limit.on(counts, &all, complete)).collect()
    }
}

impl Limit {
    fn limits(&self) -> [(&'static str, Option<f64>); 6] {
        [
            ("max", self.max),
            ("min", self.min),
            ("max-rise", self.max_rise),
            ("max-fall", self.max_fall),
            ("max-rise-percent", self.max_rise_percent),
            ("max-fall-percent", self.max_fall_percent),
        ]
    }

    /// What is wrong with it whatever the report is.
    fn check(&self) -> Result<(), String> {
        if self.of.len() > 1 {
            return Err("`where` takes one name in one dimension".to_owned());
        }
        if self.limits().iter().all(|(_, limit)| limit.is_none()) {
            let names = self.limits().map(|(name, _)| format!("`{name}`")).join(", ");
            return Err(format!("it sets no limit; there are {names}"));
        }
        if let Some((name, _)) = self.limits().iter().find(|(_, limit)| limit.is_some_and(|limit| !limit.is_finite())) {
            return Err(format!("`{name}` is no number"));
        }
        let slice = of_slice(&super::Slice::default());
        let whole = figures(&Counts::default());
        // Fuel is told by module, and only the report knows the modules.
        let fuel = self.figure.strip_prefix("fuel.").and_then(|rest| rest.rsplit_once('.'));
        let known = match (self.of.is_empty(), fuel) {
            (true, Some((_, what))) => ["mean", "p50", "p99", "max"].contains(&what),
            (true, None) => whole.contains_key(&self.figure),
            (false, _) => slice.contains_key(&self.figure),
        };
        if known {
            return Ok(());
        }
        if whole.contains_key(&self.figure) || fuel.is_some() {
            return Err("this figure is known for the whole report only; take `where` away".to_owned());
        }
        let nearest = whole
            .keys()
            .max_by(|a, b| strsim::jaro_winkler(&self.figure, a).total_cmp(&strsim::jaro_winkler(&self.figure, b)));
        Err(format!("there is no such figure; the nearest is `{}`", nearest.map_or("", String::as_str)))
    }

    fn on(&self, counts: &Counts, all: &BTreeMap<String, Option<Figure>>, complete: bool) -> Vec<Checked> {
        let mut name = self.figure.clone();
        let found = match self.of.iter().next() {
            None => all.get(&self.figure).copied().flatten(),
            Some((dimension, value)) => {
                let _ = write!(name, " of {} {value}", dimension.as_str());
                let slice = counts.by.get(dimension).and_then(|names| names.get(value));
                slice.and_then(|slice| of_slice(slice).get(&self.figure).copied().flatten())
            }
        };
        let given = self.limits().into_iter().filter_map(|(kind, limit)| limit.map(|limit| (kind, limit)));
        given.map(|(kind, limit)| one(&name, kind, limit, found, complete)).collect()
    }
}

/// One limit on one figure.
fn one(name: &str, kind: &str, limit: f64, found: Option<Figure>, complete: bool) -> Checked {
    let text = match kind {
        "max" => format!("at most {limit}"),
        "min" => format!("at least {limit}"),
        "max-rise" => format!("at most {limit} above the baseline"),
        "max-fall" => format!("at most {limit} below the baseline"),
        "max-rise-percent" => format!("at most {limit} % above the baseline"),
        _ => format!("at most {limit} % below the baseline"),
    };
    let checked = |found: String, exceeded| Checked { figure: name.to_owned(), limit: text.clone(), found, exceeded };
    if !complete {
        return checked("the replay was interrupted, so this is not known".to_owned(), true);
    }
    let Some(Figure { value, before, .. }) = found else {
        return checked("cannot be computed from this history".to_owned(), true);
    };
    if let "max" | "min" = kind {
        return checked(shown(value), if kind == "max" { value > limit } else { value < limit });
    }
    let Some(before) = before else {
        return checked(format!("{}, and the baseline has none", shown(value)), true);
    };
    let against = format!("{}, baseline {}", shown(value), shown(before));
    let change = if kind.starts_with("max-rise") { value - before } else { before - value };
    if !kind.ends_with("percent") {
        return checked(against, change > limit);
    }
    // Of nothing there is no percentage: any rise is too much.
    let exceeded = if before == 0.0 { change > 0.0 } else { change / before.abs() * 100.0 > limit };
    checked(against, exceeded)
}

/// A figure for people: whole if it is, else with four digits that count.
pub(super) fn shown(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    format!("{value:.4}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Outcome, Truth};

    fn counts() -> Counts {
        let mut counts = Counts::default();
        counts.all.count(Outcome::Review, Outcome::Apply, Some(Truth::Reject));
        counts.all.count(Outcome::Apply, Outcome::Apply, Some(Truth::Approve));
        let fields = counts.by.entry(Dimension::Field).or_default();
        fields.entry("email".to_owned()).or_default().count(Outcome::Review, Outcome::Apply, None);
        counts
    }

    fn exceeded(limit: &str) -> bool {
        let budget = Budget::parse(&format!("[[limit]]\n{limit}")).unwrap();
        let checked = budget.check(&counts(), true);
        assert_eq!(checked.len(), 1);
        checked[0].exceeded
    }

    #[test]
    fn limits_are_absolute_or_relative() {
        assert!(exceeded("figure = \"false-apply-rate\"\nmax = 0.49"));
        assert!(!exceeded("figure = \"false-apply-rate\"\nmax = 0.5"));
        assert!(exceeded("figure = \"automation-rate\"\nmin = 1.1"));
        assert!(exceeded("figure = \"automation-rate\"\nmax-rise = 0.4"));
        assert!(!exceeded("figure = \"automation-rate\"\nmax-rise-percent = 100"));
        assert!(exceeded("figure = \"automation-rate\"\nmax-rise-percent = 99"));
        assert!(!exceeded("figure = \"automation-rate\"\nmax-fall = 0"));
        assert!(exceeded("figure = \"false-applies\"\nmax-rise-percent = 1000"), "a rise from nothing");
        assert!(exceeded("figure = \"changed\"\nwhere = { field = \"email\" }\nmax = 0"));
    }

    #[test]
    fn what_cannot_be_computed_is_exceeded() {
        assert!(exceeded("figure = \"false-apply-rate\"\nwhere = { field = \"email\" }\nmax = 1"));
        assert!(exceeded("figure = \"changed\"\nwhere = { field = \"phone\" }\nmax = 1"));
        assert!(exceeded("figure = \"fuel.confidence.p99\"\nmax = 1"));
        assert!(exceeded("figure = \"changed\"\nmax-rise = 1"), "the baseline has no changes");
        let budget = Budget::parse("[[limit]]\nfigure = \"changed\"\nmax = 9").unwrap();
        assert!(budget.check(&counts(), false)[0].exceeded);
    }

    #[test]
    fn mistakes_say_where() {
        for (text, said) in [
            (
                "figure = \"false-aply-rate\"\nmax = 1",
                "limit 1 (`false-aply-rate`): there is no such figure; the nearest is `false-apply-rate`",
            ),
            ("figure = \"changed\"", "it sets no limit"),
            ("figure = \"changed\"\nmax = nan", "`max` is no number"),
            ("figure = \"new-faults\"\nwhere = { field = \"x\" }\nmax = 1", "whole report only"),
            ("figure = \"changed\"\nmaxi = 1", "unknown field `maxi`"),
            ("figure = \"changed\"\nwhere = { file = \"x\" }\nmax = 1", "unknown variant `file`"),
        ] {
            let error = Budget::parse(&format!("[[limit]]\n{text}")).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
