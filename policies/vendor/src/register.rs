//! The register of assistants and the terms they are under.

use countersign_guest::prelude::*;

const DAY: i64 = 86_400;

/// One agreement with the vendor of an assistant.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Agreement {
    /// The vendor, exactly as suggestions name it.
    pub vendor: String,
    /// The models that the agreement covers; empty: all that no other agreement with the vendor names.
    #[serde(default)]
    pub models: Vec<String>,
    /// Where the signed data-processing terms are to be found, such as `DPA-2026-014`.
    #[serde(default)]
    pub terms: String,
    /// The first day on which the terms hold, `YYYY-MM-DD` in UTC.
    #[serde(default)]
    valid_from: Option<String>,
    /// The last day on which the terms hold, `YYYY-MM-DD` in UTC.
    #[serde(default)]
    valid_until: Option<String>,
    /// Whether the vendor may train on our data.
    #[serde(default)]
    pub training: bool,
    /// Where the vendor processes data, such as `eu`.
    #[serde(default)]
    pub regions: Vec<String>,
}

/// An agreement whose dates have been read.
pub struct Listed {
    /// What the settings say.
    pub agreement: Agreement,
    /// The second from which the terms hold.
    from: Option<Timestamp>,
    /// The second from which they no longer hold.
    until: Option<Timestamp>,
}

/// Where a point in time lies.
#[derive(Debug, PartialEq, Eq)]
pub enum Validity {
    /// Before the first day.
    NotYet,
    /// Within.
    Valid,
    /// After the last day.
    Expired,
}

impl Listed {
    /// Checks an agreement; the error names the key.
    pub fn read(agreement: Agreement) -> Result<Self, String> {
        let Agreement { vendor, models, valid_from, valid_until, .. } = &agreement;
        if vendor.trim().is_empty() {
            return Err("assistants: vendor is blank".to_owned());
        }
        if models.iter().any(|model| model.trim().is_empty()) {
            return Err(format!("assistants: {vendor}: a model is blank; leave `models` empty to cover all"));
        }
        let day = |key: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => match midnight(text) {
                Some(time) => Ok(Some(time)),
                None => Err(format!("assistants: {vendor}: {key}: `{text}` is no date YYYY-MM-DD")),
            },
        };
        let from = day("valid-from", valid_from)?;
        let until = day("valid-until", valid_until)?.map(|last| Timestamp(last.0.saturating_add(DAY)));
        if matches!((from, until), (Some(from), Some(until)) if from >= until) {
            return Err(format!("assistants: {vendor}: valid-until lies before valid-from"));
        }
        Ok(Self { agreement, from, until })
    }

    /// Whether the terms have a first or a last day.
    pub fn is_dated(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// Whether the terms hold at a point in time.
    pub fn at(&self, now: Timestamp) -> Validity {
        if self.until.is_some_and(|until| now >= until) {
            Validity::Expired
        } else if self.from.is_some_and(|from| now < from) {
            Validity::NotYet
        } else {
            Validity::Valid
        }
    }
}

/// The agreements that speak for an assistant.
pub enum Covered<'a> {
    /// There is none with its vendor.
    VendorUnlisted,
    /// There are some with its vendor, but none for its model.
    ModelUnlisted,
    /// These; any one of them suffices, as when terms are renewed.
    By(Vec<&'a Listed>),
}

/// Finds the agreements for an assistant. One that names the model goes before those that cover all models, so
/// that an exception cannot be passed over.
pub fn look_up<'a>(register: &'a [Listed], Assistant { vendor, model, .. }: &Assistant) -> Covered<'a> {
    let of_vendor = || register.iter().filter(|listed| listed.agreement.vendor == *vendor);
    if of_vendor().next().is_none() {
        return Covered::VendorUnlisted;
    }
    let named: Vec<_> = of_vendor().filter(|listed| listed.agreement.models.contains(model)).collect();
    if !named.is_empty() {
        return Covered::By(named);
    }
    let general: Vec<_> = of_vendor().filter(|listed| listed.agreement.models.is_empty()).collect();
    if general.is_empty() { Covered::ModelUnlisted } else { Covered::By(general) }
}

/// The first second of a day written `YYYY-MM-DD`.
fn midnight(day: &str) -> Option<Timestamp> {
    // The length keeps out the other ways in which a date may be written.
    (day.len() == 10).then(|| Timestamp::parse(&format!("{day}T00:00:00Z"))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calendar_days_are_days() {
        assert_eq!(midnight("1970-01-02"), Some(Timestamp(DAY)));
        for nonsense in ["2026-02-30", "20260101", "2026-1-1", "01.01.2026", "2026-01-01T00:00:00Z", ""] {
            assert_eq!(midnight(nonsense), None, "{nonsense}");
        }
    }
}
