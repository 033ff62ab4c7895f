//! Notices e-mail addresses at another, a free, a disposable or a forged domain.

mod confusable;
mod domain;
mod judge;
mod list;
mod look_alike;
mod punycode;
mod script;
mod settings;
mod suffix;

use countersign_guest::prelude::*;

pub use settings::{EmailDomain, Settings};

impl Module for EmailDomain {
    const NAME: &'static str = "email-domain";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("email-domain.changed", "The address is at another registered domain than the one before."),
        ("email-domain.free", "The address is at a free mail provider, and none was there before."),
        ("email-domain.disposable", "The address is at a provider of throw-away addresses."),
        (
            "email-domain.look-alike",
            "The domain looks like the one before, the website's or a trusted one, and is another.",
        ),
        ("email-domain.mixed-script", "One label of the domain mixes scripts that no language mixes."),
        ("email-domain.site-mismatch", "The address is at another registered domain than the company's website."),
        ("email-domain.unreadable", "No domain can be read from the value."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        Self::new(settings)
    }

    /// What empties a field or removes a record proposes no address.
    fn applies_to(&self) -> Scope {
        use Operation::{Act, Append, Enrich, Merge, Overwrite, Summarize};
        Scope::default().operations(&[Append, Enrich, Overwrite, Merge, Summarize, Act]).fields(&self.fields)
    }

    fn reads(&self) -> Reads {
        Reads::default().values(self.fields.iter().chain(&self.website_fields))
    }
}

impl Validator for EmailDomain {
    fn validate(&self, suggestion: &Suggestion, facts: &Facts) -> Result<Vec<Finding>, String> {
        Ok(suggestion
            .changes
            .iter()
            .filter(|change| facts.matches(&change.field, &self.fields))
            .flat_map(|change| self.judge(change, facts))
            .collect())
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(validator EmailDomain);

#[cfg(test)]
mod tests;
