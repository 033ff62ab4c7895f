//! Turns a type into the exports of its world.

use std::fmt::Write as _;
use std::sync::OnceLock;

use schemars::generate::SchemaSettings;

use crate::bounds;
use crate::module::{Module, Policy, Validator, code_meanings};
use crate::types::{Description, Facts, Finding, Suggestion, Verdict};

/// Exports a type as the component's module: `export!(policy Confidence);` or
/// `export!(validator EmailDomain);`. Version and summary are the crate's own `version` and
/// `description`.
#[macro_export]
macro_rules! export {
    (policy $module:ty) => {
        $crate::export!(@module $module);
        impl $crate::bindings::policy::Guest for Exported {
            fn describe() -> $crate::types::Description {
                $crate::describe::<$module>(MODULE.get(), env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_DESCRIPTION"))
            }
            fn configure(settings: String) -> Result<(), String> {
                $crate::configure(&MODULE, &settings)
            }
            fn decide(
                s: $crate::types::Suggestion,
                f: $crate::types::Facts,
                findings: Vec<$crate::types::Finding>,
            ) -> Result<$crate::types::Verdict, String> {
                $crate::decide(&MODULE, &s, &f, &findings)
            }
        }
        $crate::bindings::policy::export_policy!(Exported with_types_in $crate::bindings::policy);
    };
    (validator $module:ty) => {
        $crate::export!(@module $module);
        impl $crate::bindings::validator::Guest for Exported {
            fn describe() -> $crate::types::Description {
                $crate::describe::<$module>(MODULE.get(), env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_DESCRIPTION"))
            }
            fn configure(settings: String) -> Result<(), String> {
                $crate::configure(&MODULE, &settings)
            }
            fn validate(
                s: $crate::types::Suggestion,
                f: $crate::types::Facts,
            ) -> Result<Vec<$crate::types::Finding>, String> {
                $crate::validate(&MODULE, &s, &f)
            }
        }
        $crate::bindings::validator::export_validator!(Exported with_types_in $crate::bindings::validator);
    };
    (@module $module:ty) => {
        struct Exported;
        static MODULE: std::sync::OnceLock<$module> = std::sync::OnceLock::new();
    };
}

/// The module's description, as configured or else with default settings.
#[doc(hidden)]
pub fn describe<M: Module>(configured: Option<&M>, version: &str, summary: &str) -> Description {
    let unconfigured;
    let module = if configured.is_some() {
        configured
    } else {
        unconfigured = parse::<M>("{}").ok();
        unconfigured.as_ref()
    };
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<M::Settings>();
    Description {
        name: match module {
            Some(module) if M::NAMED_BY_SETTINGS => module.name(),
            _ => M::NAME.to_owned(),
        },
        version: version.to_owned(),
        summary: summary.to_owned(),
        applies_to: module.map(M::applies_to).unwrap_or_default(),
        reads: module.map(M::reads).unwrap_or_default(),
        codes: match module {
            Some(module) if M::NAMED_BY_SETTINGS => module.codes(),
            _ => code_meanings(M::CODES),
        },
        settings_schema: serde_json::to_string(&schema).unwrap_or_default(),
    }
}

/// Keeps the configured module for the calls to come.
#[doc(hidden)]
pub fn configure<M: Module>(slot: &OnceLock<M>, settings: &str) -> Result<(), String> {
    crate::panic::write_to_log();
    let module = parse::<M>(settings)?;
    slot.set(module).map_err(|_| "configured twice".to_owned())
}

/// Calls the configured validator.
#[doc(hidden)]
pub fn validate<M: Validator>(slot: &OnceLock<M>, s: &Suggestion, f: &Facts) -> Result<Vec<Finding>, String> {
    configured(slot)?.validate(s, f).map(bounds::findings)
}

/// Calls the configured policy.
#[doc(hidden)]
pub fn decide<M: Policy>(slot: &OnceLock<M>, s: &Suggestion, f: &Facts, found: &[Finding]) -> Result<Verdict, String> {
    configured(slot)?.decide(s, f, found).map(bounds::verdict)
}

fn configured<M: Module>(slot: &OnceLock<M>) -> Result<&M, String> {
    slot.get().ok_or_else(|| "called before `configure`".to_owned())
}

/// A module from the JSON text of its settings.
pub(crate) fn parse<M: Module>(settings: &str) -> Result<M, String> {
    let parsed = serde_json::from_str(settings).map_err(|error| {
        let mut message = String::new();
        if let Some(key) = key_before(settings, error.column()) {
            let _ = write!(message, "key `{key}`: ");
        }
        let _ = write!(message, "{error}");
        message
    })?;
    M::configure(parsed)
}

/// The key that stands nearest before a column of a JSON text on one line: the one whose value ends there.
fn key_before(text: &str, column: usize) -> Option<&str> {
    let (keys, _) = text.get(..column)?.rsplit_once("\":")?;
    let (_, key) = keys.rsplit_once('"')?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_wrong_value_is_found() {
        let text = r#"{"a":{"threshold":"high"},"b":1}"#;
        assert_eq!(key_before(text, 24), Some("threshold"));
        assert_eq!(key_before(text, 31), Some("b"));
        assert_eq!(key_before("[]", 1), None);
    }
}
