//! Asks for review where the assistant is not confident enough.

use std::collections::BTreeMap;

use countersign_guest::prelude::*;

/// How confident an assistant must be before its suggestion is applied without a person.
#[derive(Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The confidence that suffices where nothing below says otherwise, from 0 to 1.
    threshold: f64,
    /// By field name; counts instead of all others.
    fields: BTreeMap<String, f64>,
    /// By kind of record, such as `contact`. Of this and the two below, the highest that applies counts.
    objects: BTreeMap<String, f64>,
    /// By segment of the record.
    segments: BTreeMap<String, f64>,
    /// By assistant: `vendor` or `vendor/model`.
    assistants: BTreeMap<String, f64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            threshold: 0.95,
            fields: BTreeMap::new(),
            objects: BTreeMap::new(),
            segments: BTreeMap::new(),
            assistants: BTreeMap::new(),
        }
    }
}

/// The configured module.
pub struct Confidence(Settings);

impl Module for Confidence {
    const NAME: &'static str = "confidence";
    const CODES: &'static [(&'static str, &'static str)] = &[
        ("confidence.below-threshold", "The confidence is below the threshold that applies."),
        ("confidence.missing", "The assistant gives no confidence, or one that is no number from 0 to 1."),
    ];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, String> {
        let named = [&settings.fields, &settings.objects, &settings.segments, &settings.assistants];
        let mut all = std::iter::once(("threshold", settings.threshold))
            .chain(named.iter().flat_map(|map| map.iter().map(|(name, at)| (name.as_str(), *at))));
        match all.find(|(_, at)| !(0.0..=1.0).contains(at)) {
            Some((name, at)) => Err(format!("{name}: {at} is no confidence from 0 to 1")),
            None => Ok(Self(settings)),
        }
    }

    fn reads(&self) -> Reads {
        let mut parts = Parts::empty();
        if !self.0.assistants.is_empty() {
            parts |= Parts::ASSISTANT;
        }
        if !self.0.segments.is_empty() {
            parts |= Parts::SEGMENT;
        }
        Reads::parts(parts)
    }
}

impl Confidence {
    /// What applies to the whole suggestion: the highest of those that are set for its kind of record, segment
    /// and assistant, or else the general threshold.
    fn base(&self, suggestion: &Suggestion, facts: &Facts) -> f64 {
        let Settings { objects, segments, assistants, threshold, .. } = &self.0;
        let Assistant { vendor, model, .. } = &suggestion.assistant;
        let assistant = if assistants.is_empty() {
            None
        } else {
            assistants.get(&format!("{vendor}/{model}")).or_else(|| assistants.get(vendor))
        };
        let segment = facts.segment.as_ref().and_then(|segment| segments.get(segment));
        [objects.get(&suggestion.target.object), segment, assistant]
            .into_iter()
            .flatten()
            .copied()
            .reduce(f64::max)
            .unwrap_or(*threshold)
    }
}

impl Policy for Confidence {
    fn decide(&self, suggestion: &Suggestion, facts: &Facts, _: &[Finding]) -> Result<Verdict, String> {
        let base = self.base(suggestion, facts);
        let mut objections = Objections::default();
        let mut judge = |confidence: Option<f64>, threshold: f64, field: Option<&str>| {
            let reason = match confidence.filter(|given| (0.0..=1.0).contains(given)) {
                Some(given) if given >= threshold => return,
                Some(given) => Reason::new(
                    "confidence.below-threshold",
                    format!("Confidence {given} is below the threshold of {threshold}."),
                ),
                None => Reason::new("confidence.missing", "The assistant gives no usable confidence."),
            };
            objections.add(Outcome::Review, reason.about(field));
        };
        if suggestion.changes.is_empty() {
            judge(suggestion.confidence, base, None);
        }
        for change in &suggestion.changes {
            let threshold = self.0.fields.get(&change.field).copied().unwrap_or(base);
            judge(change.confidence.or(suggestion.confidence), threshold, Some(&change.field));
        }
        Ok(objections.into_verdict())
    }
}

#[cfg(target_arch = "wasm32")]
countersign_guest::export!(policy Confidence);

#[cfg(test)]
mod tests {
    use countersign_guest::testing::Case;

    use super::*;

    fn codes(settings: &str, case: &Case) -> Vec<String> {
        let verdict = testing::decide::<Confidence>(settings, case).unwrap();
        verdict.reasons.into_iter().map(|reason| reason.code).collect()
    }

    #[test]
    fn the_default_threshold_is_inclusive() {
        let case = Case::overwrite("industry", "Retail", "Software");
        assert!(codes("{}", &case.clone().confidence(0.95)).is_empty());
        assert_eq!(codes("{}", &case.confidence(0.9499)), ["confidence.below-threshold"]);
    }

    #[test]
    fn what_is_no_confidence_is_not_confident() {
        for nonsense in [None, Some(f64::NAN), Some(f64::INFINITY), Some(1.5), Some(-0.1)] {
            let case = Case::overwrite("industry", "Retail", "Software").confidence(nonsense);
            assert_eq!(codes("{}", &case), ["confidence.missing"], "{nonsense:?}");
        }
    }

    #[test]
    fn a_change_with_its_own_confidence_is_judged_by_it() {
        let case = Case::overwrite("industry", "Retail", "Software")
            .change("city", "Bern", "Basel")
            .with(|s| s.changes[1].confidence = Some(0.5));
        let verdict = testing::decide::<Confidence>("{}", &case).unwrap();
        assert_eq!(verdict.reasons.len(), 1);
        assert_eq!(verdict.reasons[0].field.as_deref(), Some("city"));
    }

    #[test]
    fn thresholds_by_field_object_segment_and_assistant() {
        let case = Case::overwrite("industry", "Retail", "Software").confidence(0.97);
        let stricter = ["fields", "objects", "segments", "assistants"];
        let names = ["industry", "contact", "saas", "acme/enricher"];
        for (key, name) in stricter.into_iter().zip(names) {
            let case = case.clone().with_facts(|f| f.segment = Some("saas".into()));
            let settings = format!(r#"{{"{key}": {{"{name}": 0.99}}}}"#);
            assert_eq!(codes(&settings, &case), ["confidence.below-threshold"], "{key}");
        }
        assert!(codes(r#"{"assistants": {"acme": 0.9}}"#, &case.confidence(0.91)).is_empty());
    }

    #[test]
    fn a_threshold_that_is_none_is_refused() {
        let case = Case::overwrite("industry", "Retail", "Software");
        let refused = testing::decide::<Confidence>(r#"{"threshold": 95}"#, &case).unwrap_err();
        assert!(refused.to_string().contains("threshold: 95"), "{refused}");
    }
}
