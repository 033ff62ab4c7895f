//! `[serve.traces]` of countersign.toml.

use std::path::PathBuf;

use serde::Deserialize;

use crate::outbound::Address;

/// Where the traces of a service go, and of how many requests.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Traces {
    /// The whole address at which the collector takes OTLP, such as `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: Address,
    /// Of how many requests that no caller traces already.
    #[serde(default)]
    pub sample: Share,
    /// A file in PEM with the authorities that vouch for the collector, instead of the usual ones; relative to the deployment's
    /// folder.
    pub authorities: Option<PathBuf>,
}

/// A share, from 0 (none) to 1 (all).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Share(f64);

// It is never NaN, which alone would not be equal to itself.
impl Eq for Share {}

impl Share {
    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl Default for Share {
    fn default() -> Self {
        Self(1.0)
    }
}

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(share: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&share) {
            Ok(Self(share))
        } else {
            Err(format!("{share} is no share: write a number from 0 (none) to 1 (all)"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_share_or_no_key_is_refused() {
        let read =
            |text: &str| toml::from_str::<Traces>(&format!("endpoint = \"http://127.0.0.1:4318/v1/traces\"\n{text}"));
        for (text, share) in [("", 1.0), ("sample = 0", 0.0), ("sample = 0.25", 0.25), ("sample = 1", 1.0)] {
            let sample = read(text).unwrap().sample.get();
            assert!((sample - share).abs() < f64::EPSILON, "{text}: {sample}");
        }
        for wrong in
            ["sample = -0.1", "sample = 1.5", "sample = nan", "sample = \"all\"", "rate = 1", "endpoint = \"\""]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(
            toml::from_str::<Traces>("endpoint = \"http://example.com/v1/traces\"").is_err(),
            "not for others to read"
        );
    }
}
