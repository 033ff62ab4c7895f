//! The settings and what is made of them.

use std::collections::BTreeMap;

use countersign_guest::prelude::*;

use crate::country::{self, Code};
use crate::date::Pattern;

/// Which fields hold what, and what is normal here.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// What a field holds, by name or `#tag`; the name counts before the tag. Replaces the default as a whole.
    kinds: BTreeMap<String, Kind>,
    /// The country of postcodes in records that name none: two letters of ISO 3166.
    default_country: Option<String>,
    /// How a date may be written, with `YYYY`, `MM` and `DD`. The first is the normal form.
    date_formats: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let kinds = [
            ("#email", Kind::Email),
            ("#phone", Kind::Phone),
            ("#postcode", Kind::Postcode),
            ("#date", Kind::Date),
            ("#url", Kind::Url),
            ("#website", Kind::Url),
            ("#country", Kind::Country),
            ("#company-size", Kind::Any),
            ("#amount", Kind::Any),
        ];
        Self {
            kinds: kinds.into_iter().map(|(field, kind)| (field.to_owned(), kind)).collect(),
            default_country: None,
            date_formats: vec!["YYYY-MM-DD".to_owned(), "YYYYMMDD".to_owned()],
        }
    }
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// One e-mail address; normal: no upper case in the domain.
    Email,
    /// A phone number; normal: E.164, such as `+41441234567`.
    Phone,
    /// A postcode; normal: as the country's post writes it.
    Postcode,
    /// A date of the calendar.
    Date,
    /// A web address; normal: with scheme, no upper case in scheme and host.
    Url,
    /// A country; normal: two letters of ISO 3166.
    Country,
    /// Anything: only blanks and the type of the value are judged.
    Any,
}

/// The configured module.
pub struct Format {
    pub(crate) kinds: BTreeMap<String, Kind>,
    pub(crate) default_country: Option<Code>,
    pub(crate) dates: Vec<Pattern>,
}

impl Format {
    pub(crate) fn new(settings: Settings) -> Result<Self, String> {
        let Settings { kinds, default_country, date_formats } = settings;
        if kinds.is_empty() {
            return Err("kinds: names no field, so the module would have nothing to judge".to_owned());
        }
        check_fields("kinds", kinds.keys())?;
        let default_country = match default_country {
            Some(code) => Some(country::code(&code).ok_or("default-country: no two capital letters of ISO 3166")?),
            None => None,
        };
        if date_formats.is_empty() {
            return Err("date-formats: names no format".to_owned());
        }
        let dates =
            date_formats.iter().map(|format| Pattern::parse(format).map_err(|why| format!("date-formats: {why}")));
        Ok(Self { dates: dates.collect::<Result<_, _>>()?, kinds, default_country })
    }

    /// What a field holds, if that was declared.
    pub(crate) fn kind(&self, facts: &Facts, field: &str) -> Option<Kind> {
        let own = self.kinds.get(field);
        let tagged = || {
            let fact = facts.field(field)?;
            self.kinds.iter().find(|(name, _)| name.strip_prefix('#').is_some_and(|tag| fact.has_tag(tag)))
        };
        own.or_else(|| tagged().map(|(_, kind)| kind)).or_else(|| self.kinds.get("*")).copied()
    }
}
