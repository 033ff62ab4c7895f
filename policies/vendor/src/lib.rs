//! Refuses assistants that no data-processing terms cover.

mod register;
#[cfg(test)]
mod tests;

use countersign_guest::prelude::*;

use crate::register::{Agreement, Covered, Listed, Validity, look_up};

/// Which assistants may suggest, and what happens to the suggestions of others.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The register. Whoever is not in it is unlisted, so that an empty one refuses everybody.
    assistants: Vec<Agreement>,
    /// Whether an agreement without `terms` is none.
    require_terms: bool,
    /// Whether vendors may train on our data.
    allow_training: bool,
    /// The regions where data may be processed; empty: all. If given, an agreement must name its regions, and
    /// all of them must be among these.
    allow_regions: Vec<String>,
    /// When the vendor or the model is not in the register, or not with the terms or regions required.
    on_unlisted: Outcome,
    /// When the terms do not hold on the day of the decision.
    on_expired: Outcome,
    /// When the vendor may train on our data and `allow-training` is false.
    on_training: Outcome,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            assistants: Vec::new(),
            require_terms: true,
            allow_training: false,
            allow_regions: Vec::new(),
            on_unlisted: Outcome::Reject,
            on_expired: Outcome::Reject,
            on_training: Outcome::Reject,
        }
    }
}

/// The configured module.
pub struct Vendor {
    settings: Settings,
    register: Vec<Listed>,
}

impl Module for Vendor {
    const NAME: &'static str = "vendor";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("vendor.unlisted", "The assistant's vendor is not in the register."),
        ("vendor.model-unlisted", "The vendor is in the register, but not for this model."),
        ("vendor.no-terms", "The register names no data-processing terms for the assistant."),
        ("vendor.expired", "The terms no longer hold."),
        ("vendor.not-yet-valid", "The terms do not hold yet."),
        ("vendor.trains", "The vendor may train on our data, which is not allowed."),
        ("vendor.region", "The vendor may process data outside the regions allowed."),
    ];
    type Settings = Settings;

    fn configure(mut settings: Settings) -> Result<Self, String> {
        let assistants = std::mem::take(&mut settings.assistants);
        let register = assistants.into_iter().map(Listed::read).collect::<Result<_, _>>()?;
        Ok(Self { settings, register })
    }

    fn reads(&self) -> Reads {
        Reads::parts(Parts::ASSISTANT)
    }
}

impl Policy for Vendor {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let unlisted = |code, message: &str| {
            let mut objections = Objections::default();
            objections.add(self.settings.on_unlisted, Reason::new(code, message));
            Ok(objections.into_verdict())
        };
        match look_up(&self.register, &suggestion.assistant) {
            Covered::VendorUnlisted => unlisted("vendor.unlisted", "The assistant's vendor is not in the register."),
            Covered::ModelUnlisted => {
                unlisted("vendor.model-unlisted", "The vendor is in the register, but not for this model.")
            }
            Covered::By(agreements) => {
                let judged = agreements.into_iter().map(|listed| self.judge(listed, facts));
                let judged = judged.collect::<Result<Vec<_>, _>>()?;
                // Never empty: `look_up` finds an agreement or says that there is none.
                Ok(judged.into_iter().min_by_key(|verdict| verdict.outcome).unwrap_or_else(Verdict::apply))
            }
        }
    }
}

impl Vendor {
    /// What speaks against relying on one agreement.
    fn judge(&self, listed: &Listed, facts: &Facts) -> Result<Verdict, String> {
        let Settings { require_terms, allow_training, allow_regions, on_unlisted, on_expired, on_training, .. } =
            &self.settings;
        let Agreement { terms, training, regions, .. } = &listed.agreement;
        let mut objections = Objections::default();
        let mut object = |outcome: &Outcome, code, message: &str| objections.add(*outcome, Reason::new(code, message));
        if *require_terms && terms.trim().is_empty() {
            let message = "The register names no data-processing terms for the assistant.";
            object(on_unlisted, "vendor.no-terms", message);
        }
        if listed.is_dated() {
            let now = Timestamp::parse(&facts.now).ok_or("the time of the decision is no RFC 3339 time")?;
            match listed.at(now) {
                Validity::Valid => {}
                Validity::Expired => {
                    let message = "The data-processing terms with the vendor no longer hold.";
                    object(on_expired, "vendor.expired", message);
                }
                Validity::NotYet => {
                    let message = "The data-processing terms with the vendor do not hold yet.";
                    object(on_expired, "vendor.not-yet-valid", message);
                }
            }
        }
        if *training && !allow_training {
            object(on_training, "vendor.trains", "The vendor may train on our data, which is not allowed.");
        }
        let inside = !regions.is_empty() && regions.iter().all(|region| allow_regions.contains(region));
        if !allow_regions.is_empty() && !inside {
            object(on_unlisted, "vendor.region", "The vendor may process data outside the regions allowed.");
        }
        Ok(objections.into_verdict())
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Vendor);
