//! The settings, and what is refused in them.

use countersign_guest::prelude::*;

/// The longest window that may be asked for: ten years.
const MOST_DAYS: u32 = 3_650;

/// What counts as a sudden change.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The fields that should not change twice in a short time: names or `#tag`s.
    pub(crate) fields: Vec<String>,
    /// How far back earlier suggestions count, in days, from 1 to 3650.
    pub(crate) window_days: u32,
    /// The fields that hold a size or an amount: names or `#tag`s.
    pub(crate) size_fields: Vec<String>,
    /// By how many times a size must grow or shrink to be called a jump; more than 1.
    pub(crate) size_factor: f64,
    /// How many different fields of one record, this suggestion's included, one assistant must change
    /// within `burst-hours` to be called a burst; at least 2, or 0 to look for none.
    pub(crate) burst_fields: u32,
    /// How far back a burst reaches, in hours, from 1 to 87600.
    pub(crate) burst_hours: u32,
    /// How serious each finding is.
    pub(crate) severities: Severities,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            fields: ["#title", "#owner", "#phone", "#bank"].map(String::from).to_vec(),
            window_days: 30,
            size_fields: ["#company-size", "#amount"].map(String::from).to_vec(),
            size_factor: 10.0,
            burst_fields: 5,
            burst_hours: 24,
            severities: Severities::default(),
        }
    }
}

impl Settings {
    /// Refuses what cannot be meant.
    pub(crate) fn check(&self) -> Result<(), String> {
        check_fields("fields", &self.fields)?;
        check_fields("size-fields", &self.size_fields)?;
        if !(1..=MOST_DAYS).contains(&self.window_days) {
            return Err(format!("window-days: {} is not from 1 to {MOST_DAYS}", self.window_days));
        }
        if !self.size_factor.is_finite() || self.size_factor <= 1.0 {
            return Err(format!("size-factor: {} is not more than 1, so everything would be a jump", self.size_factor));
        }
        if self.burst_fields == 1 {
            return Err("burst-fields: with 1, every suggestion would be a burst; give 2 or more, or 0 for none".into());
        }
        if !(1..=MOST_DAYS * 24).contains(&self.burst_hours) {
            return Err(format!("burst-hours: {} is not from 1 to {}", self.burst_hours, MOST_DAYS * 24));
        }
        Ok(())
    }

    /// How many days of history are needed: the longer of the two windows that are in use.
    pub(crate) fn history_days(&self) -> u32 {
        let burst = if self.burst_fields == 0 { 0 } else { self.burst_hours.div_ceil(24) };
        self.window_days.max(burst)
    }
}

/// How serious each finding is.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Severities {
    /// Of `sudden-change.again`.
    pub(crate) again: Severity,
    /// Of `sudden-change.again` for a field that the catalogue tags `bank`.
    pub(crate) again_bank: Severity,
    /// Of `sudden-change.flip-flop`.
    pub(crate) flip_flop: Severity,
    /// Of `sudden-change.size-jump`.
    pub(crate) size_jump: Severity,
    /// Of `sudden-change.burst`.
    pub(crate) burst: Severity,
    /// Of `sudden-change.rejected-before`.
    pub(crate) rejected_before: Severity,
}

impl Default for Severities {
    fn default() -> Self {
        Self {
            again: Severity::Medium,
            again_bank: Severity::High,
            flip_flop: Severity::High,
            size_jump: Severity::Medium,
            burst: Severity::Medium,
            rejected_before: Severity::Medium,
        }
    }
}
