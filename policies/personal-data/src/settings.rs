//! The settings, and what is refused in them.

use countersign_guest::prelude::*;

/// What to look for, and where it may stand.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What to look for.
    pub(crate) kinds: Vec<Kind>,
    /// The fields that may hold each kind: names or `#tag`s.
    pub(crate) allowed: Allowed,
    /// How serious each finding is.
    pub(crate) severities: Severities,
}

impl Default for Settings {
    fn default() -> Self {
        Self { kinds: Kind::ALL.to_vec(), allowed: Allowed::default(), severities: Severities::default() }
    }
}

impl Settings {
    /// Refuses what cannot be meant.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.kinds.is_empty() {
            return Err("kinds: it names none, so nothing would be looked for".into());
        }
        for kind in Kind::ALL {
            check_fields(kind.key(), self.allowed.of(kind)).map_err(|why| format!("allowed.{why}"))?;
        }
        Ok(())
    }
}

/// What can be looked for.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// Numbers of payment cards.
    PaymentCard,
    /// International bank account numbers.
    Iban,
    /// Numbers by which a state knows a person.
    GovernmentId,
    /// Passwords, keys and tokens.
    Secret,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::PaymentCard, Self::Iban, Self::GovernmentId, Self::Secret];

    /// Its name in settings.
    fn key(self) -> &'static str {
        match self {
            Self::PaymentCard => "payment-card",
            Self::Iban => "iban",
            Self::GovernmentId => "government-id",
            Self::Secret => "secret",
        }
    }

    /// The code of its finding.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::PaymentCard => "personal-data.payment-card",
            Self::Iban => "personal-data.iban",
            Self::GovernmentId => "personal-data.government-id",
            Self::Secret => "personal-data.secret",
        }
    }
}

/// The fields that may hold each kind: names or `#tag`s.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Allowed {
    /// Fields that may hold the number of a payment card.
    payment_card: Vec<String>,
    /// Fields that may hold an IBAN.
    iban: Vec<String>,
    /// Fields that may hold a government id.
    government_id: Vec<String>,
    /// Fields that may hold a secret.
    secret: Vec<String>,
}

impl Default for Allowed {
    fn default() -> Self {
        Self {
            payment_card: vec!["#payment".into()],
            iban: vec!["#bank".into()],
            government_id: vec!["#government-id".into()],
            secret: Vec::new(),
        }
    }
}

impl Allowed {
    /// The fields that may hold this kind.
    pub(crate) fn of(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::PaymentCard => &self.payment_card,
            Kind::Iban => &self.iban,
            Kind::GovernmentId => &self.government_id,
            Kind::Secret => &self.secret,
        }
    }
}

/// How serious each finding is.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Severities {
    /// Of `personal-data.payment-card`.
    payment_card: Severity,
    /// Of `personal-data.iban`.
    iban: Severity,
    /// Of `personal-data.government-id`.
    government_id: Severity,
    /// Of `personal-data.secret`.
    secret: Severity,
    /// Of `personal-data.unscanned`.
    pub(crate) unscanned: Severity,
}

impl Default for Severities {
    fn default() -> Self {
        Self {
            payment_card: Severity::Critical,
            iban: Severity::High,
            government_id: Severity::Critical,
            secret: Severity::Critical,
            unscanned: Severity::Medium,
        }
    }
}

impl Severities {
    /// That of a kind's finding.
    pub(crate) fn of(&self, kind: Kind) -> Severity {
        match kind {
            Kind::PaymentCard => self.payment_card,
            Kind::Iban => self.iban,
            Kind::GovernmentId => self.government_id,
            Kind::Secret => self.secret,
        }
    }
}
